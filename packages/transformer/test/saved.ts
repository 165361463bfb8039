import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** A model as it comes back from what a disk holds: JSON and weights. */
export async function reloaded(model: LayersModel, includeOptimizer: boolean = false): Promise<LayersModel> {
  let kept: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    kept = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
    kept!.weightData = artifacts.weightData!;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler, { includeOptimizer });
  return loadLayersModel(tf.io.fromMemory(kept!));
}

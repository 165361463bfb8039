import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What `model.save` hands over. */
export async function savedOf(model: LayersModel, includeOptimizer = false): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler, { includeOptimizer });
  return saved!;
}

/** The bytes of every weight, by name. */
export function bytesByName(artifacts: tf.io.ModelArtifacts): Map<string, string> {
  const all = new Uint8Array(artifacts.weightData as ArrayBuffer);
  let at = 0;
  return new Map(
    artifacts.weightSpecs!.map(({ name, shape, dtype, quantization }) => {
      const size = ({ uint8: 1, uint16: 2 } as Record<string, number>)[quantization?.dtype ?? dtype] ?? 4;
      const begin = at;
      at += shape.reduce((product, length) => product * length, size);
      return [name, [...all.subarray(begin, at)].join()];
    }),
  );
}

export const predicted = (model: LayersModel, x: tf.Tensor | tf.Tensor[]): number[] =>
  tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]);

/**
 * A model on disk, as TensorFlow.js lays it out: `model.json` and `weights.bin`. Any program that imports the layer can
 * load it, browsers included.
 *
 * TensorFlow.js knows the `file://` address only where tfjs-node is installed, hence these two handlers.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { makeFolder, replaceFiles } from '@tfjs-moe/command-line';

const TOPOLOGY = 'model.json';
const WEIGHTS = 'weights.bin';

/** Writes a model into a folder, which is made if need be. */
export async function saveModel(who: string, model: tf.LayersModel, folder: string): Promise<void> {
  makeFolder(who, 'the folder of --out', folder);
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { weightData, weightSpecs, ...topology } = artifacts;
      const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
      const manifest = { ...topology, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] };
      replaceFiles(
        who,
        [
          { path: join(folder, WEIGHTS), content: weights },
          { path: join(folder, TOPOLOGY), content: JSON.stringify(manifest) },
        ],
        { what: 'the model' },
      );
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
}

/** Reads a model from a folder. */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  return tf.loadLayersModel({
    async load() {
      const manifest = JSON.parse(await readFile(join(folder, TOPOLOGY), 'utf8'));
      const { weightsManifest, ...topology } = manifest;
      const bytes = await readFile(join(folder, WEIGHTS));
      return {
        ...topology,
        weightSpecs: weightsManifest[0].weights,
        // A copy: small files lie in a buffer that Node shares between reads.
        weightData: new Uint8Array(bytes).buffer,
      };
    },
  });
}

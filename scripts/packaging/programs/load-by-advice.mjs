/**
 * Loads a model in a program that imports the layer alone, and does what the errors say until it loads. Prints the
 * modules that they asked for.
 */
import '@tfjs-moe/layers';
import * as tf from '@tensorflow/tfjs';
import { savedModels } from './models.mjs';

const [name] = process.argv.slice(2);
const load = () => tf.loadLayersModel(tf.io.fromMemory(savedModels()[name]));

const followed = new Set();
for (;;) {
  const error = await load().then(
    () => null,
    (reason) => reason,
  );
  if (error === null) break;
  const [, advice] = /import '([^']+)'/.exec(error.message) ?? [];
  if (error.name !== 'MoeError' || advice === undefined || followed.has(advice)) throw error;
  await import(advice);
  followed.add(advice);
}
console.log([...followed].join('\n'));

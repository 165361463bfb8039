/**
 * Trained elsewhere, and taken elsewhere: a Mixtral-like checkpoint becomes a layer that can learn, by one line; a dense model
 * becomes a mixture, learns, and leaves as `trained.onnx` and, number by number, as `trained.safetensors`.
 *
 * `node checkpoints.mjs FILE`: a safetensors file with a block in layer 3, an `input` and its `output`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { exportOnnx, loadMixture, upcycleInModel } from '@tfjs-moe/checkpoints';
import {
  bytesSource,
  floatsOf,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';

await tf.setBackend('cpu');

// In.
const bytes = readFileSync(process.argv[2]);
const moe = await loadMixture(bytes, { family: 'mixtral', layer: 3, expertsPerToken: 2 });
const file = await openSafetensors(bytesSource(bytes));
const [x, y] = await Promise.all(
  ['input', 'output'].map(async (name) => {
    const tensor = await file.read(name);
    return tf.tensor2d(floatsOf(tensor), tensor.shape);
  }),
);
const distance = largest(tf.sub(moe.apply(x), y)) / largest(y);
expect(distance < 1e-6, `the layer computes what its checkpoint says, and not ${distance} beside`);
const block = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [x.shape[1]] }), moe] });
await learns(block, x, tf.mul(y, 0.9), 5);

// From a dense one, and out.
const inputs = tf.randomNormal([64, 5], 0, 1, 'float32', 1);
const target = tf.reshape(tf.sum(tf.abs(inputs), 1), [64, 1]);
const dense = tf.sequential({
  layers: [
    tf.layers.dense({ units: 8, activation: 'relu', inputShape: [5] }),
    tf.layers.dense({ units: 1, name: 'answer' }),
  ],
});
await learns(dense, inputs, target, 5);
let saved;
await dense.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }),
);
const { artifacts, model: receipt } = await upcycleInModel(saved, { inputs, experts: 4 });
expect(receipt.largestChange < 1e-5, `upcycling changes nothing, and not by ${receipt.largestChange}`);
const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
await learns(model, inputs, target, 10);

writeFileSync('trained.onnx', await exportOnnx(model));
const numbers = model.layers[0].weights.map((weight) => {
  const name = weight.originalName.slice('answer/'.length);
  return tensorData(name, 'F32', weight.shape, weight.read().dataSync());
});
const also = [
  tensorData('input', 'F32', inputs.shape, inputs.dataSync()),
  tensorData('output', 'F32', [64, 1], model.predict(inputs).dataSync()),
];
writeFileSync('trained.safetensors', writeSafetensors([...numbers, ...also]));

async function learns(learner, given, wanted, epochs) {
  learner.compile({ optimizer: tf.train.adam(0.003), loss: 'meanSquaredError' });
  const { loss } = (await learner.fit(given, wanted, { epochs, verbose: 0 })).history;
  expect(loss.at(-1) < loss[0], `the loss falls: ${loss}`);
}

function largest(tensor) {
  return tf.max(tf.abs(tensor)).dataSync()[0];
}

function expect(condition, what) {
  if (!condition) throw new Error(`expected that ${what}`);
}

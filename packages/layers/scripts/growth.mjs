/**
 * Trains every gate under every dispatcher on every backend that runs in Node, by `fit` and by a loop of one's own on a
 * model in a model, and fails where anything grows: tensors, bytes, buffers, the memory of wasm, what JavaScript holds.
 *
 * `node scripts/growth.mjs` takes 2,000 steps of each; `--quick` a few, which finds what a step keeps but not what one
 * step in a hundred does; `--steps=N` any number. It runs the built packages.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { ffn } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { importanceLoss, loadLoss, mixtureOfExperts, switchLoss, zLoss } from '@tfjs-moe/layers';
import { register, unregister } from '@tfjs-moe/wasm';

const WARM_UP = 3;
const LARGEST_HEAP_GROWTH = 2 * 2 ** 20;
const asked = process.argv.find((word) => word.startsWith('--steps='))?.slice('--steps='.length);
const steps = Number(asked ?? (process.argv.includes('--quick') ? 5 : 2000));
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const balance = [switchLoss(), zLoss(), importanceLoss()];
const loads = [loadLoss(), importanceLoss()];
const selectionBias = (layer) =>
  layer.setGateParameter('selection_bias', Math.sin(layer.routingMetrics?.maxViolation ?? 0));
const cooling = (layer, step) => layer.setGateParameter('temperature', 1 + 1 / (1 + step));
const gates = {
  softmax: { gate: softmax(), balance },
  sigmoid: { gate: sigmoid(), balance },
  'sigmoid, normalised': { gate: sigmoid({ normalize: true }), balance },
  'temperature, learned, Gumbel': { gate: temperature({ learned: true, noise: 'gumbel' }), balance },
  'temperature, set, threshold': {
    gate: temperature({ noise: 'gumbel', threshold: 0.1 }),
    balance,
    each: cooling,
  },
  'top-1': { gate: topK({ k: 1 }), balance },
  'top-2': { gate: topK({ k: 2 }), balance },
  'top-2, renormalised after drops': { gate: topK({ k: 2, renormalize: 'afterDrop' }), balance },
  'noisy top-2, learned': { gate: noisyTopK({ k: 2 }), balance: loads },
  'noisy top-2, V-MoE': {
    gate: noisyTopK({ k: 2, noise: { stddev: 0.5 }, loadThreshold: 'vmoe' }),
    balance: loads,
  },
  switch: { gate: switchGate({ jitter: 0.01 }), balance },
  'hierarchical, softmax': {
    gate: hierarchical({ groups: 2, outer: softmax(), inner: softmax() }),
    balance,
  },
  'hierarchical, top-1': {
    gate: hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }),
    balance,
  },
  'top-2, selection bias': {
    gate: topK({ k: 2, weighting: 'sigmoid', selectionBias: true }),
    balance,
    each: selectionBias,
  },
};
const dispatchers = {
  dense: { dispatch: 'dense' },
  grouped: { dispatch: 'grouped' },
  capacity: { dispatch: 'capacity', capacity: { factor: 1 } },
};
const backends = {
  cpu: { backend: 'cpu', before: unregister },
  wasm: { backend: 'wasm', before: unregister },
  'wasm with kernels': { backend: 'wasm', before: register },
};

const grown = [];
let tried = 0;
for (const [place, { backend, before }] of Object.entries(backends)) {
  before();
  await tf.setBackend(backend);
  const [xs, ys] = [
    tf.randomNormal([12, 5], 0, 1, 'float32', 1),
    tf.randomNormal([12, 3], 0, 1, 'float32', 2),
  ];
  for (const [gate, settings] of Object.entries(gates)) {
    for (const [dispatcher, options] of Object.entries(dispatchers)) {
      for (const train of [byFit, byLoop]) {
        tried += 1;
        const growth = await growthOf(train, { ...settings, options }, xs, ys);
        if (growth.length > 0)
          grown.push(`${place}, ${gate}, ${dispatcher}, ${train.name}: ${growth.join(', ')}`);
      }
    }
  }
  tf.dispose([xs, ys]);
}
for (const line of grown) console.log(line);
console.log(`${tried} combinations, ${steps} steps each: ${grown.length} grew`);
process.exitCode = grown.length > 0 ? 1 : 0;

/** What grew while a layer was trained, and what it left behind. */
async function growthOf(train, { gate, balance, each, options }, xs, ys) {
  const start = tf.memory().numTensors;
  const expert = ffn({ hiddenUnits: 4 });
  const layer = mixtureOfExperts({ experts: 4, gate, expert, units: 3, seed: 1, balance, ...options });
  const { step, dispose } = train(layer, xs, ys);
  const run = async (from, to) => {
    for (let i = from; i < to; i++) {
      await step();
      each?.(layer, i);
    }
  };
  await run(0, WARM_UP);
  const before = held();
  const half = WARM_UP + Math.floor(steps / 2);
  await run(WARM_UP, half);
  const heapAtHalf = heapHeld();
  await run(half, WARM_UP + steps);
  const after = held();
  const heap = heapHeld() - heapAtHalf;
  dispose();
  const kept = tf.memory().numTensors - start;
  return [
    ...Object.keys(before)
      .filter((what) => after[what] !== before[what])
      .map((what) => `${after[what] - before[what]} ${what} more`),
    ...(heap > LARGEST_HEAP_GROWTH ? [`${heap} bytes of JavaScript more in the second half`] : []),
    ...(kept === 0 ? [] : [`${kept} tensors left after dispose`]),
  ];
}

function byFit(layer, xs, ys) {
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [5] }), layer] });
  const optimizer = tf.train.adam(0.01);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return { step: () => model.trainOnBatch(xs, ys), dispose: () => disposeOf(model, optimizer) };
}

function byLoop(layer, xs, ys) {
  const model = around(around(layer));
  const optimizer = tf.train.adam(0.01);
  const loss = () => {
    const error = tf.losses.meanSquaredError(ys, model.apply(xs, { training: true }));
    return tf.addN([error, ...model.calculateLosses()]);
  };
  return { step: () => optimizer.minimize(loss), dispose: () => disposeOf(model, optimizer) };
}

function around(body) {
  const x = tf.input({ shape: [5] });
  return tf.model({ inputs: x, outputs: body.apply(x) });
}

function disposeOf(model, optimizer) {
  model.dispose();
  optimizer.dispose();
}

function held() {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  const { wasm } = tf.backend();
  const memory = wasm?.wasmMemory ?? wasm?.asm?.memory ?? wasm?.wasmExports?.memory;
  return {
    tensors: numTensors,
    'bytes of tensors': numBytes,
    buffers: numDataBuffers,
    'bytes of wasm': memory?.buffer.byteLength ?? 0,
  };
}

/** A few steps are warming up: what JavaScript compiles and caches then is more than a step could keep. */
function heapHeld() {
  if (steps < 1000) return 0;
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

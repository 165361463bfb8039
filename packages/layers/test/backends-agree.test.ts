import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import type { Gate } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { noisyTopK, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { afterAll, expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';

// Noise and initial weights are drawn in JavaScript from the layer's seed, so the backend must not matter.
const gates: Gate[] = [
  topK({ k: 2 }),
  softmax(),
  noisyTopK({ k: 2 }),
  switchGate({ jitter: 0.5 }),
  temperature({ noise: 'gumbel' }),
];

async function trainedOn(backend: string, gate: Gate): Promise<{ losses: number[]; output: Float32Array }> {
  await tf.setBackend(backend);
  const x = tf.tensor2d(
    Array.from({ length: 60 }, (_, i) => Math.sin(i * i)),
    [20, 3],
  );
  const y = tf.tensor2d(
    Array.from({ length: 40 }, (_, i) => Math.cos(i)),
    [20, 2],
  );
  const model = sequential({
    layers: [
      mixtureOfExperts({
        experts: 4,
        gate,
        expert: ffn({ hiddenUnits: 5, activation: 'tanh' }),
        units: 2,
        balance: [switchLoss()],
        seed: 11,
        inputShape: [3],
      }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const { history } = await model.fit(x, y, { epochs: 3, batchSize: 10, shuffle: false, verbose: 0 });
  const output = (model.predict(x) as tf.Tensor).dataSync() as Float32Array;
  return { losses: history.loss as number[], output };
}

afterAll(async () => {
  await tf.setBackend('cpu');
});

test.each(gates)('cpu and wasm train alike from the same seed: $kind', async (gate) => {
  const cpu = await trainedOn('cpu', gate);
  const wasm = await trainedOn('wasm', gate);
  wasm.losses.forEach((loss, epoch) => {
    expect(loss).toBeCloseTo(cpu.losses[epoch]!, 5);
  });
  wasm.output.forEach((value, i) => {
    expect(value).toBeCloseTo(cpu.output[i]!, 4);
  });
});

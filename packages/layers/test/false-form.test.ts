/** A gate that is not what it declares routes by its formula on every backend: kernels take declarations for the gates that keep them. */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { besideForm } from '@tfjs-moe/core/backends';
import { assertClose, drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { lossFree, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import { falseForms, sound } from './false-form-gates.ts';

test.each(falseForms)('a gate that says falsely of itself: %s', async (_what, gate) => {
  const x = drawnRows(6, 3, 1);
  const outputs: Float32Array[] = [];
  for (const [backend, own] of [
    ['cpu', sound],
    ['cpu', gate],
    ['wasm', gate],
  ] as const) {
    await tf.setBackend(backend);
    const layer = mixtureOfExperts({
      experts: 4,
      gate: own,
      expert: linear(),
      units: 2,
      seed: 1,
      inputShape: [3],
    });
    outputs.push((await (layer.apply(tf.tensor2d(x)) as tf.Tensor).data()) as Float32Array);
  }
  const [expected, ...others] = outputs;
  for (const other of others) assertClose(other, expected!, 'the output', 1e-5);
  await tf.setBackend('cpu');
});

test('every gate that declares a selection keeps its word, and is served', () => {
  for (const gate of [
    topK({ k: 2 }),
    topK({ k: 2, renormalize: 'never' }),
    topK({ k: 1 }),
    topK({ k: 3, weighting: 'sigmoid' }),
    topK({ k: 2, weighting: temperature() }),
    switchGate(),
    lossFree({ gate: topK({ k: 2, selectionBias: true }) }),
  ])
    expect(besideForm(gate, 5, 6), JSON.stringify(gate.config)).toBeDefined();
});

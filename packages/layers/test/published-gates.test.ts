/**
 * The gates of published models on every backend, with and without kernels of its own: the golden numbers, gradients as
 * those of the float64 oracle, and NaN where the oracle has it.
 */
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import {
  dselectK,
  expertChoice,
  groupLimitedTopK,
  minP,
  mixtureOfDepths,
  pointwise,
  productKeys,
  sparseMixer,
  topK,
  topP,
} from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenCases } from '../../gates/test/golden-cases.ts';
import { mixtureOfExperts } from '../src/index.ts';
import { testLayerGradients, testNonFinite } from '../src/testing/index.ts';
import { onEveryBackend } from './backends.ts';

const runner = { describe, test };

const gates: readonly Gate[] = [
  groupLimitedTopK({ groups: 2, weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 }),
  pointwise({ activation: 'relu' }),
  topK({ weighting: pointwise(), selectionBias: true, weightScale: 1.5 }),
  topP({ p: 0.6 }),
  expertChoice({ capacityFactor: 1 }),
  mixtureOfDepths({ per: 'batch', capacity: 0.5 }),
  dselectK({ gamma: 4 }),
  topK({ weighting: productKeys({ keySize: 2 }) }),
  minP({ renormalize: true }),
  sparseMixer({ jitter: 0.3 }),
  groupLimitedTopK({ groups: 2, best: 1, renormalize: 'never' }),
];

function testGates(): void {
  test.each(Object.entries(goldenCases))('%s: golden numbers', async (_, { gate, logits, ...golden }) => {
    const experts = logits[0]!.length;
    const layer = mixtureOfExperts({ experts, gate, expert: linear(), units: 1, name: 'moe' });
    layer.build([null, experts]);
    for (const weight of layer.weights) {
      const name = weight.originalName.replace(/^(.*\/)?gate\//, '');
      const given =
        golden.data?.[name] ??
        (name === 'router/kernel' ? Array.from(tf.eye(experts).dataSync()) : undefined);
      if (given !== undefined) weight.write(tf.tensor([...given], weight.shape as number[]));
    }
    const { weights_TE } = layer.route(tf.tensor2d(logits));
    const rows = (await weights_TE.array()) as number[][];
    rows.forEach((row, t) => {
      const expected = row.map((_weight, e) => golden.weights[t]![golden.indices[t]!.indexOf(e)] ?? 0);
      const largest = Math.max(...expected);
      row.forEach((weight, e) => {
        expect(Math.abs(weight - expected[e]!) / largest).toBeLessThan(1e-6);
      });
    });
  });

  for (const [i, gate] of gates.entries()) {
    describe(`${i + 1}`, () => {
      testLayerGradients(runner, gate, linear(), { tokens: 5, dispatch: ['capacity'] });
      testNonFinite(runner, gate, linear(), { tokens: 4, dispatch: ['grouped'], values: [Number.NaN] });
    });
  }
}

beforeAll(unregister);
afterAll(() => {
  register();
});

onEveryBackend(testGates);

describe('wasm with kernels of its own', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register();
  });
  testGates();
});

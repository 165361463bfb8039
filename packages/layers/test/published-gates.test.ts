/**
 * The gates of published models on every backend, with and without kernels of its own: gradients as those of the float64
 * oracle, and NaN where the oracle has it. Their golden numbers are those of `conformance`.
 */
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import {
  dselectK,
  expertChoice,
  expertThreshold,
  groupLimitedTopK,
  minP,
  mixtureOfDepths,
  pointwise,
  productKeys,
  quantileBalancing,
  reMoe,
  sequenceTopK,
  sinkhorn,
  softMoe,
  sparseMixer,
  topK,
  topP,
} from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, test } from 'vitest';
import '../src/soft.ts';
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
  expertThreshold({ k: 1 }),
  quantileBalancing({ weighting: pointwise(), weightScale: 2 }),
  reMoe({ k: 1 }),
  sinkhorn({ k: 2, weighting: 'sigmoid' }),
];
/** Gates that look at the sequences of a batch. */
const ofSequences: readonly Gate[] = [
  sequenceTopK(),
  mixtureOfDepths({ capacity: 0.5 }),
  softMoe({ slots: 2 }),
];

function testGates(): void {
  for (const [i, gate] of gates.entries()) {
    describe(`${i + 1}`, () => {
      testLayerGradients(runner, gate, linear(), { tokens: 5, dispatch: ['capacity'] });
      testNonFinite(runner, gate, linear(), { tokens: 4, dispatch: ['grouped'], values: [Number.NaN] });
    });
  }
  for (const [i, gate] of ofSequences.entries()) {
    describe(`of sequences, ${i + 1}`, () => {
      testLayerGradients(runner, gate, linear(), { tokens: 6, sequences: 2, dispatch: ['capacity'] });
    });
  }
  describe('of sequences with padding', () => {
    const mask = [1, 1, 0, 1, 1, 1];
    testLayerGradients(runner, softMoe(), linear(), { tokens: 6, sequences: 2, mask });
  });
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

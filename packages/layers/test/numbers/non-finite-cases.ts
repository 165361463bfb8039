/** The gates and experts whose NaN and infinities are followed through every dispatcher. */
import { ffn, linear } from '@tfjs-moe/experts';
import {
  euclideanRouter,
  hierarchical,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { describe, test } from 'vitest';
import { testNonFinite } from '../../src/testing/index.ts';

const runner = { describe, test };

/** @param values what is put in the place of numbers; default NaN and both infinities */
export function testNonFiniteCases(values?: readonly number[]): void {
  const options = values ? { values } : {};
  const relu = ffn({ hiddenUnits: 4, activation: 'relu' });
  for (const gate of [
    softmax(),
    sigmoid(),
    sigmoid({ normalize: true }),
    temperature({ threshold: 0.1 }),
    temperature({ threshold: 0.15, renormalize: true }),
    topK({ k: 1 }),
    topK({ k: 2 }),
    topK({ k: 2, weighting: 'sigmoid', selectionBias: true }),
    topK({ k: 2, weighting: 'sigmoid', renormalize: 'never', biasInSelection: false }),
    topK({ k: 2, renormalize: 'afterDrop', router: 'cosine' }),
    topK({ k: 2, router: { kind: 'mlp', hiddenUnits: [3] } }),
    topK({ k: 3, router: euclideanRouter() }),
    noisyTopK({ k: 2 }),
    switchGate(),
    hierarchical({ groups: 2, outer: topK({ k: 1 }), inner: softmax() }),
    hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }),
  ])
    testNonFinite(runner, gate, relu, options);
  testNonFinite(runner, topK({ k: 2 }), linear(), options);
}

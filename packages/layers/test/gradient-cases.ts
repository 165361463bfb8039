/**
 * The layers whose values and gradients are compared with the oracle: every expert, every kind of gate, and the sizes at
 * which dispatch goes wrong first. Run on every backend, with and without kernels of its own.
 */
import {
  constant,
  ffn,
  gatedConstant,
  gatedFfn,
  identity,
  linear,
  lora,
  normalizedFfn,
  polynomial,
} from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { describe, test } from 'vitest';
import { testLayerGradients } from '../src/testing/index.ts';

const runner = { describe, test };
const smooth = ffn({ hiddenUnits: 4, activation: 'tanh' });

export function testGradientCases(): void {
  describe('every expert under top-2', () => {
    for (const expert of [
      linear(),
      polynomial({ degree: 3 }),
      constant(),
      smooth,
      ffn({ hiddenUnits: [3, 5], activation: 'gelu' }),
      normalizedFfn({ hiddenUnits: 4, activation: 'sigmoid' }),
      gatedFfn({ hiddenUnits: 4 }),
      lora({ expert: ffn({ hiddenUnits: 3, activation: 'tanh' }), rank: 2 }),
      lora({ expert: gatedFfn({ hiddenUnits: 3 }), rank: 1, alpha: 2, sharedBase: false }),
      gatedFfn({ hiddenUnits: 4, limit: 0.75, alpha: 1.702, upOffset: 1, useBias: true }),
    ])
      testLayerGradients(runner, topK({ k: 2 }), expert);
    // Identities whose weights sum to 1 would have no gradient to the gate.
    for (const expert of [identity(), gatedConstant()])
      testLayerGradients(runner, topK({ k: 2, renormalize: 'never' }), expert, { inputDim: 2 });
  });
  describe('every gate', () => {
    for (const gate of [
      softmax(),
      sigmoid(),
      temperature({ threshold: 0.1 }),
      hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }),
      topK({ k: 2, router: 'cosine' }),
      topK({ k: 1, router: 'euclidean' }),
      topK({ k: 2, router: { kind: 'mlp', hiddenUnits: [3] } }),
      topK({ k: 3, weighting: 'sigmoid' }),
    ])
      testLayerGradients(runner, gate, smooth);
  });
  describe('awkward sizes', () => {
    describe('one token', () => testLayerGradients(runner, topK({ k: 2 }), smooth, { tokens: 1 }));
    describe('one expert', () => testLayerGradients(runner, topK({ k: 1 }), smooth, { experts: 1 }));
    describe('k = E', () => testLayerGradients(runner, topK({ k: 4 }), smooth));
    describe('an expert nobody chose', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, {
        adjust: (data) => {
          data['gate/bias']![1] = -100;
        },
      }));
    describe('all tokens to one expert', () =>
      testLayerGradients(runner, topK({ k: 1 }), smooth, {
        adjust: (data) => {
          data['gate/bias']![2] = 100;
        },
      }));
    describe('some padding', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, { mask: [1, 0, 1, 1, 0, 1, 0] }));
    describe('a fully masked batch', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, { mask: [0, 0, 0, 0, 0, 0, 0] }));
    describe('sizes beyond a tile', () =>
      testLayerGradients(runner, topK({ k: 2 }), smooth, { tokens: 29, experts: 5, inputDim: 11, units: 9 }));
  });
}

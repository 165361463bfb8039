import * as tf from '@tensorflow/tfjs-core';
import { arrayGateOps, arrayTable, type GateOps, stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { assertSameGradients, assertSameValues } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { testAgainstArrays } from './against-arrays.ts';
import { type Formula, type GateTwinsOptions, gateTwins } from './gate-twins.ts';
import { tokenLayout } from './layouts.ts';

function expectTwins(formula: Formula, options: GateTwinsOptions): void {
  assertSameValues(formula.name, gateTwins(formula, options));
  assertSameGradients(formula.name, gateTwins(formula, options));
}

const sumTokens: Formula = (ops, a) => ops.sumTokens(a);
const meanTokens: Formula = (ops, a) => ops.meanTokens(a);
const greater: Formula = (ops, a, b) => ops.greater(a, b);
const greaterOrEqual: Formula = (ops, a, b) => ops.greaterOrEqual(a, b);
const normalCdf: Formula = (ops, a) => ops.normalCdf(a);
const spread: Formula = (ops, a, b) => ops.spread(a, b);

onEveryBackend(() => {
  testAgainstArrays(tokenLayout);

  describe.each([
    ['no mask', undefined],
    ['some padding', [1, 0, 0, 1, 1]],
    ['all padding', [0, 0, 0, 0, 0]],
  ])('sums over tokens, %s', (_name, mask) => {
    test.each([
      { experts: 3, features: 2 },
      { experts: 1, features: 4 },
      { experts: 4, features: 1 },
    ])('%o', ({ experts, features }) => {
      const options: GateTwinsOptions = {
        ...(mask && { mask }),
        a: [5, experts, features],
        result: [1, experts, features],
      };
      expectTwins(sumTokens, options);
      expectTwins(meanTokens, options);
    });
  });

  test.each([greater, greaterOrEqual])('$name is 0 or 1, without a gradient, and broadcasts', (formula) => {
    expectTwins(formula, { a: [3, 4, 1], b: [3, 4, 1], result: [3, 4, 1] });
    expectTwins(formula, { a: [3, 1, 2], b: [1, 4, 2], result: [3, 4, 2] });
  });

  test('equal numbers are not greater, and both comparisons are 0 for NaN', () => {
    tf.tidy(() => {
      const ops = tokenOps({ random: stream(0) });
      const a = tf.tensor1d([1, Number.NaN, 2, -1]);
      const b = tf.tensor1d([1, 0, Number.NaN, -2]);
      expect(Array.from(ops.greater(a, b).dataSync())).toEqual([0, 0, 0, 1]);
      expect(Array.from(ops.greaterOrEqual(a, b).dataSync())).toEqual([1, 0, 0, 1]);
    });
  });

  test('normalCdf', () => {
    expectTwins(normalCdf, { a: [7, 3, 2], result: [7, 3, 2] });
    const tails = { shape: [1, 6, 1], data: [-9, -4, -3, 3, 4, 9] };
    assertSameValues('tails', gateTwins(normalCdf, { a: tails, result: [1, 6, 1] }), 1e-6);
  });

  test('log of 0 is that of the smallest number, and keeps gradients finite', () => {
    tf.tidy(() => {
      const { log } = tokenOps({ random: stream(0) });
      const [zero, one, negative, missing] = log(tf.tensor1d([0, 1, -1, Number.NaN])).dataSync();
      expect(zero).toBeCloseTo(-126 * Math.LN2, 4);
      expect(one).toBe(0);
      expect([negative, missing]).toEqual([Number.NaN, Number.NaN]);
      for (const factor of [0, 1, 100]) {
        const gradient = tf.grad((p) => tf.sum(tf.mul(tf.add(p, factor), log(p))))(tf.tensor1d([0, 0.5]));
        expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
      }
    });
  });

  test('spread repeats the value of a group', () => {
    expectTwins(spread, { a: [3, 2, 1], b: [3, 6, 1], result: [3, 6, 1] });
    expectTwins(spread, { a: [1, 3, 2], b: [1, 6, 1], result: [1, 6, 2] });
    expectTwins(spread, { a: [2, 1, 1], b: [2, 5, 1], result: [2, 5, 1] });
    expectTwins(spread, { a: [2, 4, 1], b: [2, 4, 1], result: [2, 4, 1] });
  });

  test('stopGradient keeps the value and stops the gradient', () => {
    tf.tidy(() => {
      const ops = tokenOps({ random: stream(0) });
      const x = tf.tensor3d([1, 2, -3], [3, 1, 1]);
      expect(ops.stopGradient(x).dataSync()).toEqual(x.dataSync());
      const gradient = tf.grad((a) => tf.sum(tf.mul(a, ops.stopGradient(a))))(x);
      expect(gradient.dataSync()).toEqual(x.dataSync());
    });
  });

  describe('noise', () => {
    const like = Array.from({ length: 5 }, () => [0, 0, 0]);
    const draws = <V>(ops: GateOps<V>, value: V) =>
      (['uniform', 'normal', 'gumbel'] as const).map((law) => ops.noise(law, value));

    test('is the same numbers as on plain arrays, whatever the backend', () => {
      tf.tidy(() => {
        const onTensors = draws(tokenOps({ random: stream(3, 'noise') }), tf.zeros([5, 3, 1]));
        const onArrays = draws(arrayGateOps({ random: stream(3, 'noise') }), arrayTable(like));
        onTensors.forEach((noise, i) => {
          expect(noise.shape).toEqual([5, 3, 1]);
          expect(Array.from(noise.dataSync())).toEqual(Array.from(onArrays[i]?.data ?? [], Math.fround));
        });
      });
    });

    test('is drawn anew by each call', () => {
      tf.tidy(() => {
        const ops = tokenOps({ random: stream(1) });
        const [first, second] = [0, 1].map(() => ops.noise('normal', tf.zeros([4, 2, 1])).dataSync());
        expect(first).not.toEqual(second);
      });
    });
  });
});

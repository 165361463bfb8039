import * as tf from '@tensorflow/tfjs-core';
import { arrayGateOps, arrayParam, arrayTable, stream, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { describe, expect, test } from 'vitest';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { assertSameGradients, assertSameValues } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { type Formula, type GateTwinsOptions, gateTwins } from './gate-twins.ts';

function expectTwins(formula: Formula, options: GateTwinsOptions): void {
  assertSameValues(formula.name, gateTwins(formula, options));
  assertSameGradients(formula.name, gateTwins(formula, options));
}

const softmaxTokens: Formula = (ops, a) => ops.softmaxTokens(a);
const topTokens: Formula = (ops, a) => ops.topTokens(a, (tokens) => Math.floor(tokens / 2));
const inside: readonly Formula[] = [
  function softmaxInside(ops, a) {
    return ops.inSequences().softmaxTokens(a);
  },
  function topInside(ops, a) {
    return ops.inSequences().topTokens(a, () => 1);
  },
  function sumInside(ops, a) {
    return ops.inSequences().sumTokens(a);
  },
  function meanInside(ops, a) {
    return ops.inSequences().meanTokens(a);
  },
  function sumOfNumbers(ops, a) {
    return ops.add(ops.inSequences().meanTokens(a), ops.sumTokens(ops.constant(1)));
  },
];

onEveryBackend(() => {
  describe.each([
    ['no mask', undefined],
    ['some padding', [1, 0, 0, 1, 1, 1]],
    ['all padding', [0, 0, 0, 0, 0, 0]],
  ])('%s', (_name, padding) => {
    const mask = padding && { mask: padding };

    test.each([softmaxTokens, topTokens])('$name', (formula) => {
      expectTwins(formula, { ...mask, a: [6, 3, 1], result: [6, 3, 1] });
      expectTwins(formula, { ...mask, a: [6, 1, 1], result: [6, 1, 1] });
    });

    test.each(inside)('$name', (formula) => {
      expectTwins(formula, { ...mask, sequences: 2, a: [6, 3, 1], result: [6, 3, 1] });
      expectTwins(formula, { ...mask, sequences: 6, a: [6, 2, 1], result: [6, 2, 1] });
    });
  });

  test('ties and NaN are as on plain arrays', () => {
    tf.tidy(() => {
      const scores = [1, 2, 2, Number.NaN, 2, 0, 2, Number.NaN].map((score) => [score, -score]);
      const tensor = tf.tensor3d(scores.flat(), [8, 2, 1]);
      for (let most = 0; most < 10; most++) {
        for (const mask of [undefined, [1, 1, 0, 1, 1, 1, 1, 0]]) {
          const mask_T11 = mask && tf.tensor3d(mask, [8, 1, 1]);
          const ours = tokenOps({ random: stream(0), mask: mask_T11 }).topTokens(tensor, () => most);
          const theirs = arrayGateOps(mask ? { mask } : {}).topTokens(arrayTable(scores), () => most);
          expect(Array.from(ours.dataSync())).toEqual(tableOf(theirs).flat());
        }
      }
    });
  });

  test('a token of NaN leaves the softmax of the others alone', () => {
    tf.tidy(() => {
      const ops = tokenOps({ random: stream(0) });
      const [a, broken, b] = ops.softmaxTokens(tf.tensor3d([0, Number.NaN, 0], [3, 1, 1])).dataSync();
      expect([a, b]).toEqual([0.5, 0.5]);
      expect(broken).toBeNaN();
    });
  });

  test('sequences are refused where there are none', () => {
    expect(() => tokenOps({ random: stream(0) }).inSequences()).toThrow(/needs an input of sequences/);
  });

  test('expertNumbers and lookup are as on plain arrays', () => {
    tf.tidy(() => {
      const ops = tokenOps({ random: stream(0) });
      expect(ops.expertNumbers(3).shape).toEqual([1, 3, 1]);
      expect(Array.from(ops.expertNumbers(3).dataSync())).toEqual([0, 1, 2]);
      const values = drawnRows(4, 3, 1).flat();
      const index = [3, 0, 4, -1, 1.5, 2].map((row) => [row]);
      const found = ops.lookup(tf.tensor3d(values, [1, 4, 3]), tf.tensor3d(index.flat(), [6, 1, 1]));
      const spec = { shape: [4, 3], initializer: { kind: 'zeros' } } as const;
      const expected = arrayGateOps().lookup(arrayParam(spec, 1, values), arrayTable(index));
      expect(found.shape).toEqual([6, 1, 3]);
      expect(Array.from(found.dataSync())).toEqual(Array.from(expected.data, Math.fround));
    });
  });
});

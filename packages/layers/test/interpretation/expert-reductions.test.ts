import * as tf from '@tensorflow/tfjs-core';
import { type GateOps, stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { assertSameGradients, assertSameValues } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { type Formula, gateTwins } from './gate-twins.ts';

/** Groups as nested calls of `within`, and how many there are in the end. */
const nestings = [
  { calls: [], groups: 1 },
  { calls: [2], groups: 2 },
  { calls: [3], groups: 3 },
  { calls: [2, 2], groups: 4 },
  { calls: [2, 1, 3], groups: 6 },
];

const inside = <V>(ops: GateOps<V>, calls: readonly number[]) =>
  calls.reduce((outer, groups) => outer.within(groups), ops);

onEveryBackend(() => {
  describe.each(nestings)('within $calls', ({ calls, groups }) => {
    const softmax: Formula = (ops, a) => inside(ops, calls).softmax(a);
    const logSumExp: Formula = (ops, a) => inside(ops, calls).logSumExp(a);
    const sumExperts: Formula = (ops, a) => inside(ops, calls).sumExperts(a);

    test.each([
      { size: 1, tokens: 2 },
      { size: 2, tokens: 1 },
      { size: 3, tokens: 4 },
    ])('softmax, logSumExp and sumExperts in groups of $size, $tokens tokens', ({ size, tokens }) => {
      const experts = size * groups;
      for (const formula of [softmax, logSumExp, sumExperts]) {
        const twins = gateTwins(formula, { a: [tokens, experts, 1], result: [tokens, experts, 1] });
        assertSameValues(formula.name, twins);
        assertSameGradients(formula.name, twins);
      }
      for (const formula of [logSumExp, sumExperts]) {
        const twins = gateTwins(formula, { a: [tokens, experts, 3], result: [tokens, experts, 3] });
        assertSameValues(`${formula.name} of vectors`, twins);
        assertSameGradients(`${formula.name} of vectors`, twins);
      }
    });

    test('softmax and logSumExp of extreme logits', () => {
      const row = Array.from({ length: 3 * groups }, (_, e) => [1e4, -1e4, 9999.5][e % 3]!);
      const a = { shape: [1, row.length, 1], data: row };
      for (const formula of [softmax, logSumExp]) {
        const twins = gateTwins(formula, { a, result: [1, row.length, 1] });
        assertSameValues(formula.name, twins);
        assertSameGradients(formula.name, twins);
      }
    });

    test('an expert at minus infinity gets nothing', () => {
      const row = Array.from({ length: 2 * groups }, (_, e) => (e % 2 === 0 ? -Infinity : 2));
      tf.tidy(() => {
        const ops = inside(tokenOps({ random: stream(0) }), calls);
        const logits = tf.tensor3d(row, [1, row.length, 1]);
        expect(Array.from(ops.softmax(logits).dataSync())).toEqual(row.map((z) => (z === 2 ? 1 : 0)));
        const sizes = tf.add(ops.logSumExp(logits), tf.zeros([1, row.length, 1]));
        expect(Array.from(sizes.dataSync())).toEqual(row.map(() => 2));
      });
    });

    test('top k, with ties and what is not finite', () => {
      const score = fc.constantFrom(-Infinity, -3, -0, 0, 1, 1, 2.5, Infinity, Number.NaN);
      const table = fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
        .chain(([size, tokens]) =>
          fc.record({
            size: fc.constant(size),
            // One more than there are experts: the last mask is empty.
            k: fc.integer({ min: 1, max: size + 1 }),
            rows: fc.array(fc.array(score, { minLength: size * groups, maxLength: size * groups }), {
              minLength: tokens,
              maxLength: tokens,
            }),
          }),
        );
      fc.assert(
        fc.property(table, ({ size, k, rows }) => {
          tf.tidy(() => {
            const ops = inside(tokenOps({ random: stream(0) }), calls);
            const scores = tf.tensor3d(rows.flat(), [rows.length, size * groups, 1]);
            const masks = ops.topK(scores, k).map((mask) => Array.from(mask.dataSync()));
            expect(masks).toEqual(naiveTopK(rows, k, size));
          });
        }),
        { seed: 1, numRuns: 60 },
      );
    });
  });

  test('all scores equal: the lowest indices win', () => {
    for (const value of [0, Infinity, -Infinity, Number.NaN]) {
      tf.tidy(() => {
        const masks = tokenOps({ random: stream(0) }).topK(tf.fill([1, 40, 1], value), 2);
        expect(masks.map((mask) => Array.from(mask.dataSync()).indexOf(1))).toEqual([0, 1]);
      });
    }
  });

  test('top k is a constant', () => {
    tf.tidy(() => {
      const ops = tokenOps({ random: stream(0) });
      const through = (z: tf.Tensor) => tf.sum(tf.mul(z, ops.topK(z, 1)[0]!)) as tf.Scalar;
      expect(
        Array.from(
          tf
            .grad(through)(tf.tensor3d([1, 3, 2], [1, 3, 1]))
            .dataSync(),
        ),
      ).toEqual([0, 1, 0]);
    });
  });
});

test('groups must divide the experts, and softmax takes one feature', () => {
  const ops = tokenOps({ random: stream(0) });
  expect(() => ops.within(2).sumExperts(tf.ones([1, 3, 1]))).toThrow(
    '[tfjs-moe] within: groups must divide the number of experts (3). Received: 2.',
  );
  expect(() => ops.softmax(tf.ones([1, 3, 2]))).toThrow(
    '[tfjs-moe] softmax: logits must have one feature. Received: 2.',
  );
});

/** One sort per token and group; NaN and minus infinity come last, in the order of their indices. */
function naiveTopK(rows: readonly number[][], k: number, size: number): number[][] {
  return Array.from({ length: k }, (_, choice) =>
    rows.flatMap((row) =>
      row.map((_score, e) => {
        const first = e - (e % size);
        const order = row
          .slice(first, first + size)
          .map((score, i) => ({ i, score: Number.isNaN(score) ? -Infinity : score }));
        order.sort((a, b) => (a.score === b.score ? a.i - b.i : b.score - a.score));
        return order[choice]?.i === e - first ? 1 : 0;
      }),
    ),
  );
}

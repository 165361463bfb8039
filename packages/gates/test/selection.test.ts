import { arrayGateOps, arrayTable, tableOf } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { dividedOver, oneUnlessNaN, selectAbove, selectAll, union } from '../src/selection.ts';

const ops = arrayGateOps();

describe('dividedOver', () => {
  const selected = arrayTable([[1, 0, 1, 0]]);
  const weights = arrayTable([[0.2, 5, 0.6, 7]]);

  test('divides by the sum over the selection, from weights or from logarithms', () => {
    const logWeights = arrayTable([[0.2, 5, 0.6, 7].map((weight) => Math.log(weight) + 40)]);
    for (const routing of [{ weights }, { weights, logWeights }]) {
      const [row] = tableOf(dividedOver(ops, selected, routing));
      [0.25, 0, 0.75, 0].forEach((share, e) => {
        expect(row?.[e]).toBeCloseTo(share, 14);
      });
    }
  });

  test('divides logarithms that are as large as float32 holds, negative ones too', () => {
    const logWeights = arrayTable([[-2e30, 3e30, -2e30, 0]]);
    expect(tableOf(dividedOver(ops, selected, { weights, logWeights }))).toEqual([[0.5, 0, 0.5, 0]]);
  });

  test('gives zeros, not NaN, where nothing is selected or everything has underflowed', () => {
    const none = arrayTable([[0, 0, 0, 0]]);
    expect(tableOf(dividedOver(ops, none, { weights }))).toEqual([[0, 0, 0, 0]]);
    expect(tableOf(dividedOver(ops, none, { weights, logWeights: weights }))).toEqual([[0, 0, 0, 0]]);
    expect(tableOf(dividedOver(ops, selected, { weights: none }))).toEqual([[0, 0, 0, 0]]);
  });
});

test('selectAll is one mask of ones, of full shape', () => {
  expect(
    selectAll(
      ops,
      arrayTable([
        [0, 0.5],
        [1, 0],
      ]),
    ).map(tableOf),
  ).toEqual([
    [
      [1, 1],
      [1, 1],
    ],
  ]);
});

test('selectAll selects NaN too', () => {
  expect(selectAll(ops, arrayTable([[Number.NaN, 0]])).map(tableOf)).toEqual([[[1, 1]]]);
});

test('selectAbove selects what is above a threshold, and NaN', () => {
  expect(tableOf(selectAbove(ops, arrayTable([[0.2, 0.1, 0, Number.NaN]]), ops.constant(0.1)))).toEqual([
    [1, 0, 0, 1],
  ]);
});

test('oneUnlessNaN is 1, infinities or not, and NaN for tokens with one', () => {
  const scores = arrayTable([
    [1, Infinity, -Infinity],
    [1, Number.NaN, 2],
  ]);
  expect(tableOf(oneUnlessNaN(ops, scores))).toEqual([
    [1, 1, 1],
    [Number.NaN, Number.NaN, Number.NaN],
  ]);
});

test('union adds disjoint masks', () => {
  expect(tableOf(union(ops, [arrayTable([[1, 0, 0]]), arrayTable([[0, 0, 1]])]))).toEqual([[1, 0, 1]]);
});

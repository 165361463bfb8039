import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { mlpRouter, sigmoid } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';

testGate({ describe, test }, sigmoid());
testGate(
  { describe, test },
  sigmoid({ normalize: true, useBias: false, router: mlpRouter({ hiddenUnits: 2 }) }),
);

describe('sigmoid', () => {
  const scores = drawnRows(6, 4, 1);
  const naive = scores.map((row) => row.map((z) => 1 / (1 + Math.exp(-z))));
  const shares = naive.map((row) => row.map((s) => s / row.reduce((sum, value) => sum + value, 0)));

  test.each([
    { normalize: false, expected: naive },
    { normalize: true, expected: shares },
  ])('has the weights of every expert, normalize: $normalize', ({ normalize, expected }) => {
    const { weights, probabilities } = routeLogits(sigmoid({ normalize }), scores);
    tableOf(weights).forEach((row, t) => {
      row.forEach((weight, e) => {
        expect(weight).toBeCloseTo(expected[t]![e]!, 14);
      });
    });
    tableOf(probabilities).forEach((row, t) => {
      row.forEach((p, e) => {
        expect(p).toBeCloseTo(shares[t]![e]!, 14);
      });
    });
  });

  test('shares exactly where every expert is off', () => {
    const { probabilities, weights } = routeLogits(sigmoid({ normalize: true }), [
      [-1e4, -1e4, -1e4 + Math.log(2)],
    ]);
    for (const value of [probabilities, weights]) {
      [0.25, 0.25, 0.5].forEach((share, e) => {
        expect(value.data[e]).toBeCloseTo(share, 10);
      });
    }
  });
});

import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { mlpRouter, pointwise, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, pointwise());
testGate(runner, pointwise({ activation: 'relu' }));
testGate(runner, pointwise({ activation: 'relu', normalize: true }));
testGate(
  runner,
  pointwise({ activation: 'softplus', normalize: true, router: mlpRouter({ hiddenUnits: 2 }) }),
);
testGate(runner, topK({ weighting: pointwise(), selectionBias: true, weightScale: 1.5 }), { exact: true });
testGate(runner, topK({ weighting: pointwise({ activation: 'relu' }) }));

describe('pointwise', () => {
  const functions = {
    relu: (z: number) => Math.max(z, 0),
    softplus: (z: number) => Math.log1p(Math.exp(z)),
    sqrtSoftplus: (z: number) => Math.sqrt(Math.log1p(Math.exp(z))),
  };

  test.each(['relu', 'softplus', 'sqrtSoftplus'] as const)(
    'weighs every expert by itself: %s',
    (activation) => {
      const scores = drawnRows(6, 4, 1);
      const routing = routeLogits(pointwise({ activation }), scores);
      const shares = routeLogits(pointwise({ activation, normalize: true }), scores);
      tableOf(routing.weights).forEach((row, t) => {
        const expected = scores[t]!.map(functions[activation]);
        const sum = expected.reduce((total, weight) => total + weight, 0);
        row.forEach((weight, e) => {
          expect(weight).toBeCloseTo(expected[e]!, 12);
          expect(tableOf(routing.probabilities)[t]![e]).toBeCloseTo(expected[e]! / sum, 12);
          expect(tableOf(shares.weights)[t]![e]).toBeCloseTo(expected[e]! / sum, 12);
        });
      });
    },
  );

  test('selects under relu the experts whose logit is positive, and perhaps none', () => {
    const routing = routeLogits(pointwise({ activation: 'relu' }), [
      [1, -1, 0],
      [-1, -2, -3],
    ]);
    expect(routing.choices.map(tableOf)).toEqual([
      [
        [1, 0, 0],
        [0, 0, 0],
      ],
    ]);
    expect(tableOf(routing.probabilities)[1]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const divided = routeLogits(pointwise({ activation: 'relu', normalize: true }), [[-1, -2, -3]]);
    expect(tableOf(divided.weights)).toEqual([[0, 0, 0]]);
  });

  test.each([
    ['softplus', 1],
    ['sqrtSoftplus', 0.5],
  ] as const)('shares exactly where every weight underflows: %s', (activation, power) => {
    const row = [-1000, -1001, -1e4];
    const shares = softmaxOf(row.map((z) => power * z));
    const { probabilities } = routeLogits(pointwise({ activation }), [row]);
    const top = chosenWeights(routeLogits(topK({ weighting: pointwise({ activation }) }), [row]))[0]!;
    [0, 1].forEach((e) => {
      expect(probabilities.data[e]).toBeCloseTo(shares[e]!, 12);
      expect(top[e]).toBeCloseTo(shares[e]!, 12);
    });
  });

  test('leaves topK to fewer experts where relu has no more', () => {
    const routing = routeLogits(topK({ k: 3, weighting: pointwise({ activation: 'relu' }) }), [
      [3, -1, 1, -2],
    ]);
    expect(chosen(routing)).toEqual([[0, 2]]);
    expect(chosenWeights(routing)[0]![0]).toBeCloseTo(0.75, 12);
  });

  test('refuses functions that can be negative', () => {
    expect(() => pointwise({ activation: 'silu' as 'relu' })).toThrow(
      "[tfjs-moe] pointwise: activation must be one of 'relu', 'softplus', 'sqrtSoftplus'. Received: \"silu\".",
    );
  });
});

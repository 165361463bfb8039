import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { cosineRouter, euclideanRouter, mlpRouter, softmax } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits, softmaxOf } from './given-logits.ts';

testGate({ describe, test }, softmax(), { translationInvariant: true });
testGate({ describe, test }, softmax({ useBias: false }), { experts: 1 });
testGate({ describe, test }, softmax({ router: mlpRouter({ hiddenUnits: 3, shared: true }) }));
testGate({ describe, test }, softmax({ router: cosineRouter({ epsilon1: 0.1 }) }));
testGate({ describe, test }, softmax({ router: euclideanRouter({ scale: 0.5 }) }));

describe('softmax', () => {
  test('is the softmax of scores and biases', () => {
    const scores = drawnRows(5, 4, 1);
    const bias = [0.5, -1, 2, 0];
    const { logits, probabilities, weights } = routeLogits(softmax(), scores, { data: { bias } });
    const shifted = scores.map((row) => row.map((z, e) => z + bias[e]!));
    expect(tableOf(logits)).toEqual(shifted);
    tableOf(probabilities).forEach((row, t) => {
      softmaxOf(shifted[t]!).forEach((p, e) => {
        expect(row[e]).toBeCloseTo(p, 15);
      });
    });
    expect(weights).toBe(probabilities);
  });

  test('names its parameters', () => {
    expect(Object.keys(softmax().params(3, 4))).toEqual(['router/kernel', 'bias']);
    expect(Object.keys(softmax({ useBias: false }).params(3, 4))).toEqual(['router/kernel']);
  });

  test('accepts a router as object, config or kind', () => {
    const expected = softmax({ router: mlpRouter() }).config;
    expect(softmax({ router: 'mlp' }).config).toEqual(expected);
    expect(softmax({ router: { kind: 'mlp', hiddenUnits: [16] } }).config).toEqual(expected);
    expect(() => softmax({ router: 'linea' })).toThrow(
      /^\[tfjs-moe\] softmax: unknown router kind \(did you mean "linear"\?\); known kinds: (\w+, )*linear, (\w+, )*mlp\b/,
    );
    expect(() => softmax({ router: softmax() as never })).toThrow(
      'expected a router, got the gate "softmax"',
    );
  });
});

import { tableOf } from '@tfjs-moe/core';
import { hierarchical, sigmoid, temperature, topK, topP } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, topP(), { translationInvariant: true });
testGate(runner, topP({ p: 0.8, weighting: sigmoid({ normalize: true }), renormalize: true }));
testGate(runner, topP({ p: 0.9, minimum: 2, maximum: 3, weighting: temperature({ noise: 'gumbel' }) }), {
  noisy: true,
});
testGate(runner, topP({ p: 0.7, weighting: topK({ k: 3 }) }));
testGate(runner, topP({ p: 0.7, weighting: hierarchical({ groups: 2, outer: topK({ k: 1 }) }) }), {
  permutable: false,
});

const logits = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 });

describe('topP', () => {
  test('selects the smallest set of the likeliest that reaches p', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 1, noNaN: true }), (row, p) => {
        const shares = softmaxOf(row);
        const [selected] = chosen(routeLogits(topP({ p: Math.fround(p) }), [row]));
        const order = shares.map((_, e) => e).sort((a, b) => row[b]! - row[a]! || a - b);
        expect(selected).toEqual(order.slice(0, selected!.length));
        const mass = (n: number) => order.slice(0, n).reduce((sum, e) => sum + shares[e]!, 0);
        // The sum of all falls short of 1 by rounding.
        if (selected!.length < 6) expect(mass(selected!.length)).toBeGreaterThan(p - 1e-7);
        expect(mass(selected!.length - 1)).toBeLessThan(p + 1e-7);
      }),
    );
  });

  test('keeps to the fewest and the most experts', () => {
    const sure = [[9, 0, -1, -2]];
    expect(chosen(routeLogits(topP({ p: 0.5 }), sure))).toEqual([[0]]);
    expect(chosen(routeLogits(topP({ p: 0.5, minimum: 3 }), sure))).toEqual([[0, 1, 2]]);
    expect(chosen(routeLogits(topP({ p: 1, maximum: 2 }), [[0, 0, 0, 0]]))).toEqual([[0, 1]]);
  });

  test('divides the weights by their sum if asked to', () => {
    const row = [2, 1, 0, -1];
    const p = softmaxOf(row);
    expect(chosenWeights(routeLogits(topP({ p: 0.7 }), [row]))[0]).toEqual([p[0], p[1]]);
    const divided = chosenWeights(routeLogits(topP({ p: 0.7, renormalize: true }), [row]))[0]!;
    expect(divided[0]).toBeCloseTo(p[0]! / (p[0]! + p[1]!), 12);
  });

  test('counts the mass among what its weighting selects', () => {
    const routing = routeLogits(topP({ p: 0.75, weighting: topK({ renormalize: 'never' }) }), [[1, 1, 1, 1]]);
    expect(chosen(routing)).toEqual([[0, 1]]);
    expect(tableOf(routing.weights)).toEqual([[0.25, 0.25, 0, 0]]);
  });

  test('refuses what no selection can be', () => {
    expect(() => topP({ p: 0 })).toThrow('topP: p must be a finite number between');
    expect(() => topP({ p: 1.1 })).toThrow('Received: 1.1.');
    expect(() => topP({ minimum: 3, maximum: 2 })).toThrow(
      'minimum must be an integer between 1 and maximum (2)',
    );
    expect(() => topP({ minimum: 5 }).params(2, 4)).toThrow(
      'minimum must be an integer between 1 and the number',
    );
  });
});

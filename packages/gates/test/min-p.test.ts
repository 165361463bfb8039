import { minP, sigmoid, temperature, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, minP(), { translationInvariant: true });
testGate(runner, minP({ p: 0.1, weighting: sigmoid(), renormalize: true }));
testGate(runner, minP({ p: 0.3, weighting: temperature({ noise: 'gumbel' }) }), { noisy: true });
testGate(runner, minP({ p: 0.01, weighting: topK({ k: 3 }) }));

const logits = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 });
const selectedOf = (p: number, row: number[], weighting: 'softmax' | 'sigmoid' = 'softmax') => {
  const { choices } = routeLogits(minP({ p, weighting }), [row]);
  return row.map((_, e) => e).filter((e) => choices.some(({ data }) => data[e] === 1));
};

describe('minP', () => {
  test('under a softmax is a bound on the distance of logits', () => {
    fc.assert(
      fc.property(logits, fc.constantFrom(0.125, 0.25, 0.5, 1), (row, p) => {
        const least = Math.max(...row) + Math.log(p);
        // Not at the bound itself, which rounding decides.
        fc.pre(row.every((z) => Math.abs(z - least) > 1e-9));
        expect(selectedOf(p, row)).toEqual(row.map((_, e) => e).filter((e) => row[e]! > least));
      }),
    );
  });

  test('with p = 1 selects all that are largest', () => {
    expect(selectedOf(1, [1, 3, 3, 2])).toEqual([1, 2]);
  });

  test('is the same where every weight underflows', () => {
    expect(selectedOf(0.5, [-900, -900.5, -901], 'sigmoid')).toEqual([0, 1]);
  });

  test('has the best as its first choice, and its weighting for weights', () => {
    const row = [1, 3, 2.9, -4];
    const routing = routeLogits(minP(), [row]);
    expect(chosen({ ...routing, choices: [routing.choices[0]!] })).toEqual([[1]]);
    const p = softmaxOf(row);
    expect(chosenWeights(routing)[0]).toEqual([p[1], p[2]]);
    const divided = chosenWeights(routeLogits(minP({ renormalize: true }), [row]))[0]!;
    expect(divided[0]).toBeCloseTo(p[1]! / (p[1]! + p[2]!), 12);
  });
});

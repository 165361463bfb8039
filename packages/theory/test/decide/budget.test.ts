/**
 * The budget, by a clock that goes on by one millisecond whenever it is looked at: no test here depends on the speed of a
 * machine. Every long loop must look at the clock, and the first look after the deadline must end the examination.
 */
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, linearRouter, mlpRouter } from '@tfjs-moe/gates';
import { decide, examine } from '@tfjs-moe/theory';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atomFamily } from '../atom-family.ts';

let now = 0;
let looks = 0;
beforeEach(() => {
  looks = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    looks++;
    return now++;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
/** One that ends in float64, one that goes to numerical relations through every stage, one that swells. */
const families = {
  certified: atomFamily(linearRouter(), gelu, 3, 2),
  irrational: atomFamily(cosineRouter({ epsilon1: 0.5, learned: false }), linear(), 2),
  nested: atomFamily(mlpRouter({ hiddenUnits: 2, activation: 'gelu' }), polynomial({ degree: 2 }), 2),
};

/** Looks at the clock that an examination takes when nothing stops it. */
function looksOf(name: keyof typeof families): number {
  examine(families[name], { budget: 1e9, bits: [320] });
  const all = looks;
  looks = 0;
  return all;
}

describe.each(Object.keys(families) as (keyof typeof families)[])('%s', (name) => {
  test('ends wherever the budget ends', () => {
    const all = looksOf(name);
    const stages = new Set<string>();
    for (let part = 0; part < 8; part++) {
      looks = 0;
      const budget = Math.max(1, Math.round((all * part) / 8));
      const { relations, rest, remaining } = examine(families[name], { budget, bits: [320] });
      // A look to begin, one when each stage ends early, and the one that ends it.
      expect(looks, `budget ${budget} of ${all}`).toBeLessThanOrEqual(budget + 8);
      expect(relations.length + remaining.length).toBe(families[name].labels.length);
      if (!('sigmaMin' in rest)) {
        expect(rest.raise).toBe(`the budget, now ${budget} ms`);
        stages.add(`${rest.bits} bits, ${relations.length > 0 ? 'with' : 'without'} relations`);
      }
    }
    expect(stages.size).toBeGreaterThan(1);
  });
});

test('a large set with a tiny budget is inconclusive, and says what to raise', () => {
  const large = atomFamily(linearRouter(), ffn({ hiddenUnits: [3, 3], activation: 'gelu' }), 4, 4);
  for (const budget of [1, 10, 100]) {
    expect(decide(large, { budget })).toEqual({
      verdict: 'inconclusive',
      bits: 0,
      raise: `the budget, now ${budget} ms`,
    });
  }
});

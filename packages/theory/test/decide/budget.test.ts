/**
 * The budget counts operations, so no test here depends on the speed of a machine: every long loop must pay for what it
 * does, and the first that cannot must end the examination.
 */
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, linearRouter, mlpRouter, softmax } from '@tfjs-moe/gates';
import { decide, examine, identifiability, interactions, reportCard } from '@tfjs-moe/theory';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { atomFamily } from '../atom-family.ts';

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

describe.each(Object.keys(families) as (keyof typeof families)[])('%s', (name) => {
  test('ends wherever the budget ends', () => {
    const all = examine(families[name], { bits: [320] }).operations;
    expect(all).toBeLessThan(5e9);
    const stages = new Set<string>();
    for (const part of [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97]) {
      const budget = Math.round(all * part) / 1e6;
      const { relations, rest, remaining, operations } = examine(families[name], { budget, bits: [320] });
      expect(operations).toBeLessThanOrEqual(budget * 1e6);
      expect(relations.length + remaining.length).toBe(families[name].labels.length);
      if (!('sigmaMin' in rest)) {
        expect(rest.raise).toBe(`the budget, now ${budget} million operations`);
        stages.add(`${rest.bits} bits, ${relations.length > 0 ? 'with' : 'without'} relations`);
      }
    }
    expect(stages.size).toBeGreaterThan(1);
  });
});

test('a large set with a tiny budget is inconclusive, and says what to raise', () => {
  const large = atomFamily(linearRouter(), ffn({ hiddenUnits: [3, 3], activation: 'gelu' }), 4, 4);
  for (const budget of [0.001, 0.1, 1]) {
    expect(decide(large, { budget })).toEqual({
      verdict: 'inconclusive',
      bits: 0,
      raise: `the budget, now ${budget} million operations`,
    });
  }
});

describe('a clock on the wall', () => {
  /** Jumps by a second whenever it is looked at, as on a machine that has better things to do. */
  const loaded = () => {
    let now = 0;
    return vi.spyOn(Date, 'now').mockImplementation(() => {
      now += 1000;
      return now;
    });
  };

  test('changes no answer, of whatever is asked', () => {
    const pair = { gate: softmax(), expert: gelu, inputDim: 1, experts: 2 };
    const answers = () => [
      decide(families.irrational, { bits: [320] }),
      identifiability(pair),
      interactions({ gate: softmax(), expert: gelu, inputDim: 1 }),
      reportCard({
        gate: 'softmax',
        expert: { kind: 'ffn', hiddenUnits: 1, activation: 'tanh' },
        inputDim: 1,
      }),
    ];
    const idle = answers();
    const clock = loaded();
    expect(answers()).toEqual(idle);
    expect(clock).not.toHaveBeenCalled();
  });

  test('is looked at where a limit was asked for, and the verdict says that it was cut', () => {
    loaded();
    expect(decide(families.nested, { timeLimit: 5000 })).toMatchObject({
      verdict: 'inconclusive',
      raise: 'the time limit, now 5000 ms, by which this was cut',
    });
  });
});

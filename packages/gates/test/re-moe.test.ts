import { tableOf } from '@tfjs-moe/core';
import { hierarchical, pointwise, reMoe } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';
import { addUp, updatedBy } from './updated-state.ts';

const runner = { describe, test };
testGate(runner, reMoe());
testGate(runner, reMoe({ k: 1, router: 'mlp', useBias: false, growth: 2 }));
testGate(runner, hierarchical({ groups: 2, inner: reMoe({ k: 1 }) }), { permutable: false });

const { in: given, out } = golden.remoe;
const of = (value: number) => ({ coefficient: new Array(8).fill(value) });

/** The coefficient after a step with these logits. */
function next(logits: number[][], k: number, coefficient: number, mask?: number[]): number {
  const gate = reMoe({ k });
  const { observed } = routeLogits(gate, logits, { training: true, ...(mask && { mask }) });
  const values = new Set(updatedBy(gate, 8, of(coefficient), observed!).coefficient);
  expect(values.size).toBe(1);
  return [...values][0]!;
}

describe('reMoe', () => {
  test('has the golden numbers', () => {
    const gate = reMoe({ k: given.k_target });
    const routing = routeLogits(gate, given.logits, { training: true, data: of(given.lambda) });
    expect(tableOf(routing.weights)).toEqual(out.weights);
    expect(tableOf(routing.coefficient!)[0]![0]).toBeCloseTo(given.lambda / given.k_target, 20);
    expect(next(given.logits, given.k_target, given.lambda) / out.lambda_next).toBeCloseTo(1, 12);
  });

  test('is the dense gate of positive logits in evaluation', () => {
    const dense = pointwise({ activation: 'relu' });
    expect(routeLogits(reMoe(), given.logits)).toEqual(routeLogits(dense, given.logits));
  });

  test('grows while a token has too many experts, shrinks while it has too few, and stays between', () => {
    const row = [1, 1, 1, -1, -1, -1, -1, -1];
    const rows = [row, row.map((z) => -z)];
    expect(next(rows, 3, 0.5) / 0.5).toBeCloseTo(1.2, 12);
    expect(next(rows, 5, 0.5) * 1.2).toBeCloseTo(0.5, 12);
    expect(next(rows, 4, 0.5)).toBeCloseTo(0.5, 12);
    // Padding and a token of NaN have no say.
    expect(next(rows, 3, 0.5, [1, 0])).toBeCloseTo(0.5, 12);
    expect(next([row, row.map(() => Number.NaN)], 3, 0.5)).toBeCloseTo(0.5, 12);
    expect(next(rows, 3, 0.5, [0, 0])).toBeCloseTo(0.5, 12);
  });

  test('counts all batches of a step', () => {
    const gate = reMoe({ k: 2 });
    const dense = new Array(8).fill(1);
    const none = new Array(8).fill(-1);
    const observed = [[dense], [none, none, none, none, none]].map(
      (rows) => routeLogits(gate, rows, { training: true }).observed!,
    );
    expect(updatedBy(gate, 8, of(1), addUp(observed)).coefficient![0]).toBeCloseTo(1 / 1.2, 12);
  });

  test('never falls so far that no factor leads back', () => {
    const none = [new Array(8).fill(-1)];
    expect(next(none, 2, 1e-20)).toBeCloseTo(1e-20, 25);
    expect(next(given.logits, 2, 1e-20)).toBeGreaterThan(1.1e-20);
  });

  test('refuses what it cannot do', () => {
    expect(() => reMoe({ k: 9 }).params(2, 8)).toThrow('the number of experts (8)');
    expect(() => reMoe({ growth: 0.5 })).toThrow('reMoe: growth must be');
    expect(() => reMoe({ initialCoefficient: 0 })).toThrow('reMoe: initialCoefficient must be');
  });
});

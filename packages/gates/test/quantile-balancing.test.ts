import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { hierarchical, pointwise, quantileBalancing, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';
import { addUp, updatedBy } from './updated-state.ts';

const runner = { describe, test };
testGate(runner, quantileBalancing(), { exact: true, translationInvariant: true });
testGate(runner, quantileBalancing({ k: 3, weighting: 'sigmoid', renormalize: 'never', decay: 0.5 }), {
  exact: true,
});
testGate(runner, quantileBalancing({ k: 1, weighting: topK({ k: 3 }), weightScale: 2 }));
testGate(runner, hierarchical({ groups: 2, inner: quantileBalancing({ k: 1 }) }), { permutable: false });

const { in: given, out } = golden.quantile_balancing;

/** One round on plain numbers: for every expert what would have to be added to its logits. */
function oracle(z: number[][], bias: number[], k: number): number[] {
  const experts = bias.length;
  const alpha = z.map((row) => sorted(row.map((value, e) => value + bias[e]!))[k]!);
  const n = Math.ceil((k * z.length) / experts);
  return bias.map((_, e) => -sorted(z.map((row, t) => row[e]! - alpha[t]!))[n]!);
}

const sorted = (values: number[]) => [...values].sort((a, b) => b - a);

const loads = (rows: number[][], experts: number) =>
  Array.from({ length: experts }, (_, e) => rows.flat().filter((expert) => expert === e).length);

describe('quantileBalancing', () => {
  test('has the golden numbers', () => {
    const gate = quantileBalancing({ k: given.K });
    const state = { selection_bias: given.beta.map((beta: number) => -beta) };
    const routing = routeLogits(gate, given.logits, { training: true, data: state });
    expect(chosen(routing)).toEqual(out.indices);
    updatedBy(gate, 8, state, routing.observed!).selection_bias!.forEach((bias, e) => {
      expect(-bias).toBeCloseTo(out.beta_new[e], 6);
    });
  });

  test('sets the bias by the order of what is left between a token and an expert', () => {
    for (const [seed, tokens, k] of [
      [1, 20, 2],
      [2, 13, 1],
      [3, 17, 3],
    ] as const) {
      const z = drawnRows(tokens, 5, seed);
      const bias = [0.3, -0.2, 0, 0.1, -0.4];
      const gate = quantileBalancing({ k, decay: 0.25 });
      const { observed } = routeLogits(gate, z, { training: true, data: { selection_bias: bias } });
      const next = updatedBy(gate, 5, { selection_bias: bias }, observed!).selection_bias!;
      oracle(z, bias, k).forEach((target, e) => {
        expect(next[e]).toBeCloseTo(0.25 * bias[e]! + 0.75 * target, 6);
      });
    }
  });

  test('evens out a collapsed router in a few steps', () => {
    const z = drawnRows(200, 4, 4).map((row) => row.map((value, e) => value + (e < 2 ? 5 : 0)));
    const gate = quantileBalancing({ k: 2, decay: 0.5 });
    let state: Record<string, number[]> = { selection_bias: [0, 0, 0, 0] };
    const worst: number[] = [];
    for (let step = 0; step < 12; step++) {
      const routing = routeLogits(gate, z, { training: true, data: state });
      worst.push(Math.max(...loads(chosen(routing), 4)));
      state = updatedBy(gate, 4, state, routing.observed!);
    }
    expect(worst[0]).toBe(200);
    expect(worst.at(-1)).toBeLessThan(110);
  });

  test('leaves out padding and tokens of NaN, and stays where there is nothing else', () => {
    const rows = drawnRows(12, 4, 2);
    const broken = rows.map((row, t) => (t % 3 === 0 ? row.map(() => (t === 3 ? Number.NaN : 1e3)) : row));
    const mask = rows.map((_, t) => (t % 3 === 0 && t !== 3 ? 0 : 1));
    const sound = rows.filter((_, t) => t % 3 !== 0);
    const gate = quantileBalancing();
    const start = { selection_bias: [0.1, 0.2, 0.3, 0.4] };
    const next = (x: number[][], of?: number[]) =>
      updatedBy(gate, 4, start, routeLogits(gate, x, { training: true, ...(of && { mask: of }) }).observed!);
    expect(next(broken, mask)).toEqual(next(sound));
    expect(
      next(
        rows,
        rows.map(() => 0),
      ),
    ).toEqual(start);
  });

  test('takes the mean of the quantiles of batches that accumulate, by their tokens', () => {
    const rows = drawnRows(12, 4, 3);
    const gate = quantileBalancing();
    const start = { selection_bias: [0, 0, 0, 0] };
    const observed = [rows.slice(0, 4), rows.slice(4)].map(
      (x) => routeLogits(gate, x, { training: true }).observed!,
    );
    const [one, two] = observed.map((each) => updatedBy(gate, 4, start, each).selection_bias!);
    updatedBy(gate, 4, start, addUp(observed)).selection_bias!.forEach((value, e) => {
      expect(value).toBeCloseTo((one![e]! + 2 * two![e]!) / 3, 12);
    });
  });

  test('selects without a say of the weights, which do not see the bias', () => {
    const rows = drawnRows(6, 4, 5);
    const data = { selection_bias: [3, -3, 1, 0] };
    const routing = routeLogits(quantileBalancing({ weighting: pointwise() }), rows, { data });
    const priced = routeLogits(
      topK(),
      rows.map((row) => row.map((z, e) => z + data.selection_bias[e]!)),
    );
    expect(routing.choices.map(tableOf)).toEqual(priced.choices.map(tableOf));
    const plain = routeLogits(pointwise(), rows);
    tableOf(routing.weights).forEach((row, t) => {
      const own = row.map((weight, e) => (weight > 0 ? tableOf(plain.weights)[t]![e]! : 0));
      const total = own.reduce((sum, weight) => sum + weight, 0);
      row.forEach((weight, e) => {
        expect(weight).toBeCloseTo(own[e]! / total, 12);
      });
    });
  });

  test('refuses what it cannot do', () => {
    expect(() => quantileBalancing({ k: 9 }).params(2, 4)).toThrow('the number of experts (4)');
    expect(() => quantileBalancing({ decay: -1 })).toThrow('quantileBalancing: decay must be');
  });
});

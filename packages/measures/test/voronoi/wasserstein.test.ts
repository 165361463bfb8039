import { linear } from '@tfjs-moe/experts';
import { sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { type MixingMeasure, wassersteinDistance } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transport } from '../../src/voronoi/transport.ts';

/** The least cost by all vertices of the polytope of couplings, which are forests of cells. */
function leastOfVertices(supplies: number[], demands: number[], costs: number[][]): number {
  const cells = supplies.flatMap((_, i) => demands.map((__, j) => [i, j] as const));
  const wanted = supplies.length + demands.length - 1;
  let least = Infinity;
  for (let set = 0; set < 2 ** cells.length; set++) {
    const chosen = new Set(cells.filter((_, k) => (set >> k) % 2 === 1));
    if (chosen.size !== wanted) continue;
    const left = [...supplies, ...demands.map((mass) => mass)];
    let cost = 0;
    let isFeasible = true;
    // Leaf by leaf: a row or a column with one cell left takes what remains of it.
    for (let found = true; found && chosen.size > 0 && isFeasible; ) {
      found = false;
      for (const cell of chosen) {
        const [i, j] = cell;
        const inRow = [...chosen].filter(([row]) => row === i).length;
        const inColumn = [...chosen].filter(([, column]) => column === j).length;
        if (inRow > 1 && inColumn > 1) continue;
        const mass = inRow === 1 ? left[i]! : left[supplies.length + j]!;
        if (mass < -1e-12) isFeasible = false;
        cost += mass * costs[i]![j]!;
        left[i] = left[i]! - mass;
        left[supplies.length + j] = left[supplies.length + j]! - mass;
        chosen.delete(cell);
        found = true;
        break;
      }
    }
    if (isFeasible && chosen.size === 0 && left.every((mass) => Math.abs(mass) < 1e-9))
      least = Math.min(least, cost);
  }
  return least;
}

const mass = fc.double({ min: 0.05, max: 1, noNaN: true });
const shares = (list: readonly number[]) => list.map((value) => value / list.reduce((a, b) => a + b, 0));
const problem = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .chain(([rows, columns]) =>
    fc.record({
      supplies: fc.array(mass, { minLength: rows, maxLength: rows }).map(shares),
      demands: fc.array(mass, { minLength: columns, maxLength: columns }).map(shares),
      costs: fc.array(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }), {
        minLength: 3,
        maxLength: 3,
      }),
    }),
  );

test('the least cost of a coupling is that of the best vertex, and its margins are the masses', () => {
  fc.assert(
    fc.property(problem, ({ supplies, demands, costs }) => {
      const found = transport(supplies, demands, costs);
      expect(found.cost).toBeCloseTo(leastOfVertices(supplies, demands, costs), 9);
      supplies.forEach((wanted, i) => {
        expect(found.coupling[i]!.reduce((a, b) => a + b, 0)).toBeCloseTo(wanted, 12);
      });
      demands.forEach((wanted, j) => {
        expect(found.coupling.reduce((sum, row) => sum + row[j]!, 0)).toBeCloseTo(wanted, 12);
      });
    }),
    { numRuns: 60 },
  );
});

const atoms = fc.array(
  fc.record({
    bias: fc.double({ min: -1, max: 1, noNaN: true }),
    place: fc.double({ min: -3, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 5 },
);
/** Lines that differ in their intercepts alone. */
const measureOf = (list: readonly { readonly bias: number; readonly place: number }[]): MixingMeasure => ({
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: list.length,
  gateParams: { 'router/kernel': list.map(() => 0.5), bias: list.map(({ bias }) => bias) },
  expertParams: { kernel: list.map(() => -1), bias: list.map(({ place }) => place) },
});

/** In one dimension: between the quantiles of both. */
function betweenQuantiles(a: MixingMeasure, b: MixingMeasure, order: number): number {
  const sorted = [a, b].map((of) => {
    const masses = shares(of.gateParams.bias!.map(Math.exp));
    return of.expertParams.bias!.map((place, i) => [place, masses[i]!]).sort(([p], [q]) => p! - q!);
  }) as [number[][], number[][]];
  let [i, j, total] = [0, 0, 0];
  while (i < sorted[0].length && j < sorted[1].length) {
    const [first, second] = [sorted[0][i]!, sorted[1][j]!];
    const amount = Math.min(first[1]!, second[1]!);
    total += amount * Math.abs(first[0]! - second[0]!) ** order;
    first[1]! -= amount;
    second[1]! -= amount;
    if (first[1]! <= 1e-15) i++;
    if (second[1]! <= 1e-15) j++;
  }
  return total ** (1 / order);
}

describe('wassersteinDistance', () => {
  test('of atoms on a line is the distance of their quantiles, for every order', () => {
    fc.assert(
      fc.property(atoms, atoms, fc.constantFrom(1, 2, 4), (first, second, order) => {
        const [a, b] = [measureOf(first), measureOf(second)];
        const { value } = wassersteinDistance(a, b, { order });
        expect(value).toBeCloseTo(betweenQuantiles(a, b, order), 6);
        expect(wassersteinDistance(b, a, { order }).value).toBeCloseTo(value, 6);
        expect(wassersteinDistance(a, a, { order }).value).toBeLessThan(1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('raises every part to its own order: r-bar for the intercept, half of it for the slope and the variance', () => {
    const one = { ...measureOf([{ bias: 0, place: 1 }]), dispersions: [1] };
    const two = {
      ...measureOf([{ bias: 0, place: 1.5 }]),
      expertParams: { kernel: [-0.5], bias: [1.5] },
      dispersions: [2],
    };
    const orders = { 'gate/router/kernel': 4, 'expert/bias': 4, 'expert/kernel': 2, variance: 2 };
    const { value } = wassersteinDistance(one, two, { orders });
    expect(value).toBeCloseTo((0.5 ** 4 + 0.5 ** 2 + 3 ** 2) ** (1 / 4), 12);
  });

  test('is for one softmax with masses, and for parts that are there', () => {
    const flat = measureOf([
      { bias: 0, place: 0 },
      { bias: 1, place: 2 },
    ]);
    expect(() => wassersteinDistance(flat, flat, { orders: { bias: 2 } })).toThrow(
      'orders must be of gate/router/kernel, expert/kernel, expert/bias',
    );
    const heated = { ...flat, gate: temperature(), gateParams: { ...flat.gateParams, temperature: [2] } };
    expect(wassersteinDistance(heated, heated).value).toBe(0);
    expect(() => wassersteinDistance(flat, heated)).toThrow('both measures must have the parts');
    expect(() => wassersteinDistance({ ...flat, gate: sigmoid() }, flat)).toThrow('one softmax with a bias');
  });
});

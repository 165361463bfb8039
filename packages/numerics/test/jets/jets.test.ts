import { drawnRows } from '@tfjs-moe/core/testing';
import { columns, firstDerivative, paramLabels, secondDerivative, spreadColumn } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { experts, gates, routers } from '../definitions.ts';
import {
  dataOf,
  expertModel,
  gateModel,
  type Model,
  mixtureModel,
  routerModel,
  withJets,
} from '../evaluate.ts';

const models = [
  ...experts.map((expert) => expertModel(expert, 2)),
  ...routers.map((router) => routerModel(router, 2)),
  ...gates.map((gate) => gateModel(gate, 2)),
  ...gates.map((gate) => mixtureModel(gate, experts.at(-3)!, 2)),
];
const POINTS = 3;
const rows = drawnRows(POINTS, 2, 11, 1.5);

/** Every trainable number in the order of its index: the array it lives in, and its place there. */
function places(model: Model, data: Record<string, Float64Array>): [Float64Array, number][] {
  return Object.entries(model.specs).flatMap(([name, { trainable }]) =>
    trainable === false
      ? []
      : Array.from(data[name] ?? [], (_, i) => [data[name]!, i] as [Float64Array, number]),
  );
}

/** (f(theta + h) - f(theta - h)) / 2h */
function central<T>(
  [values, i]: [Float64Array, number],
  of: () => T,
  minus: (a: T, b: T) => number[],
): number[] {
  const step = 2 ** -17;
  const kept = values[i]!;
  values[i] = kept + step;
  const above = of();
  values[i] = kept - step;
  const below = of();
  values[i] = kept;
  return minus(above, below).map((difference) => difference / (2 * step));
}

const minus = (a: number[], b: number[]) => a.map((value, i) => value - b[i]!);

/** One expectation for many numbers: there are hundreds of thousands of them. */
function expectClose(actual: number[], expected: number[], what: string): void {
  const error = actual.map((value, i) => Math.abs(value - expected[i]!) / Math.max(1, Math.abs(value)));
  expect(Math.max(...error), `${what}: ${actual} and ${expected}`).toBeLessThan(2e-7);
}

describe('against central differences', () => {
  test.each(models)('$name', (model) => {
    const data = dataOf(model, 3);
    const numbers = places(model, data);
    expect(paramLabels(model.specs)).toHaveLength(numbers.length);
    const full = withJets(model, rows, data, 2);
    full.entries.forEach((jet, entry) => {
      const value = () => [
        ...spreadColumn(withJets(model, rows, data, 0).entries[entry]?.value ?? 0, POINTS),
      ];
      numbers.forEach((place, i) => {
        const first = [...spreadColumn(firstDerivative(columns, jet, i), POINTS)];
        expectClose(first, central(place, value, minus), `${paramLabels(model.specs)[i]}`);
      });
    });
    // One output is enough for the Hessian, and both orders of differentiation show its symmetry.
    const last = full.entries.length - 1;
    const gradient = () => {
      const jet = withJets(model, rows, data, 1).entries[last];
      return numbers.map((_, i) => (jet ? [...spreadColumn(firstDerivative(columns, jet, i), POINTS)] : []));
    };
    numbers.forEach((place, j) => {
      const expected = central(place, () => gradient().flat(), minus);
      numbers.forEach((_, i) => {
        const jet = full.entries[last];
        const second = jet ? [...spreadColumn(secondDerivative(columns, jet, i, j), POINTS)] : [];
        expectClose(second, expected.slice(i * POINTS, (i + 1) * POINTS), `second derivative ${i}, ${j}`);
      });
    });
  });
});

test('a hidden unit carries derivatives in its own parameters only', () => {
  const model = expertModel(experts.find(({ kind }) => kind === 'linear')!, 2, 2, 2);
  const { entries } = withJets(model, rows, dataOf(model, 1), 2);
  // kernel [2, 2] of two copies, then bias [2] of two copies
  expect(entries.map(({ support }) => support)).toEqual([
    [0, 2, 8],
    [1, 3, 9],
    [4, 6, 10],
    [5, 7, 11],
  ]);
});

test('second derivatives that were not carried are not zero', () => {
  const model = expertModel(experts[1]!, 2);
  const [jet] = withJets(model, rows, dataOf(model, 1), 1).entries;
  expect(jet && (() => secondDerivative(columns, jet, 0, 1))).toThrow('take order 2');
});

import { knownKinds } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import {
  type Column,
  columns,
  columnsOf,
  type Grid,
  gridInput,
  gridOps,
  gridParams,
  type Jet,
  jets,
  spreadColumn,
} from '@tfjs-moe/numerics';
import { formalRing } from '@tfjs-moe/numerics/exact';
import { balls, ballToNumber, doubleDoubles } from '@tfjs-moe/numerics/precise';
import { describe, expect, test } from 'vitest';
import { experts, gates, routers } from '../definitions.ts';
import {
  dataOf,
  expertModel,
  gateModel,
  mixtureModel,
  routerModel,
  withArrays,
  withJets,
} from '../evaluate.ts';

const models = [
  ...experts.map((expert) => expertModel(expert, 3)),
  ...routers.map((router) => routerModel(router, 3)),
  ...gates.map((gate) => gateModel(gate, 3)),
  ...gates.flatMap((gate) => experts.slice(-2).map((expert) => mixtureModel(gate, expert, 3))),
];
const POINTS = 7;

describe('values agree with the plain arrays', () => {
  test.each(models)('$name', (model) => {
    for (let seed = 0; seed < 5; seed++) {
      const rows = drawnRows(POINTS, 3, seed, 2);
      const data = dataOf(model, seed);
      const expected = withArrays(model, rows, data);
      const actual = withJets(model, rows, data, 0);
      const places = expected.experts * expected.features;
      expect([actual.experts, actual.rows, actual.features]).toEqual([
        expected.experts,
        1,
        expected.features,
      ]);
      actual.entries.forEach(({ value }, place) => {
        const column = spreadColumn(value, expected.tokens);
        const errors = Array.from(column, (number, t) => {
          const wanted = expected.data[t * places + place]!;
          return Math.abs(number - wanted) / Math.max(1, Math.abs(wanted));
        });
        expect(Math.max(...errors)).toBeLessThan(1e-12);
      });
    }
  });

  test('for every kind there is', async () => {
    await import('@tfjs-moe/gates/register');
    await import('@tfjs-moe/experts/register');
    const kinds = (of: readonly { kind: string }[]) => [...new Set(of.map(({ kind }) => kind))].sort();
    expect(kinds(experts)).toEqual([...knownKinds('expert')].sort());
    expect(kinds(routers)).toEqual([...knownKinds('router')].sort());
    const overTokens = ['expertChoice', 'hash', 'mixtureOfDepths', 'sequenceTopK', 'softMoe'];
    expect([...kinds(gates), ...overTokens].sort()).toEqual([...knownKinds('gate')].sort());
  });
});

describe('softmax', () => {
  const ops = gridOps(jets(columns));
  const logits = (...rows: number[][]) => {
    const { entries } = gridInput(columnsOf(rows));
    return { experts: entries.length, rows: 1, features: 1, entries };
  };

  test('does not overflow', () => {
    const [a, b] = ops.softmax(logits([1000, 0], [-5000, 4000])).entries.map(({ value }) => value);
    expect([a, b]).toEqual([Float64Array.of(1, 0), Float64Array.of(0, 1)]);
    const [sum] = ops.logSumExp(logits([1000, 1000])).entries;
    expect(spreadColumn(sum?.value ?? 0, 1)[0]).toBeCloseTo(1000 + Math.log(2), 12);
  });

  test('ties of a selection go to the lower index', () => {
    const masks = ops.topK(logits([1, 3, 3], [2, 2, 2]), 2);
    expect(masks.map(({ entries }) => entries.map(({ value }) => [...spreadColumn(value, 2)]))).toEqual([
      [
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
    ]);
  });
});

test('what needs a batch or randomness is refused', () => {
  const ops = gridOps(jets(columns));
  const x = gridInput(columnsOf([[1, 2]]));
  for (const refused of [() => ops.noise('normal', x), () => ops.sumTokens(x), () => ops.meanTokens(x)]) {
    expect(refused).toThrow('[tfjs-moe] gridOps:');
  }
  expect(() => ops.add(x, gridInput(columnsOf([[1, 2, 3]])))).toThrow('differ in their features: 2 and 3');
});

describe('log and the comparisons', () => {
  const at = (numbers: readonly number[]) => gridInput(columnsOf([[...numbers]]));
  const valuesOf = (grid: Grid<Jet<Column>>) => grid.entries.map(({ value }) => spreadColumn(value, 1)[0]);
  const x = at([0.25, 1, 7.5]);

  test('log has the derivatives of the logarithm', () => {
    const specs = { p: { shape: [3] as const, initializer: { kind: 'ones' } as const, copies: 1 } };
    const { p } = gridParams(columns, specs, { p: [0.25, 1, 7.5] });
    gridOps(jets(columns))
      .log(p!)
      .entries.forEach(({ value, gradient, hessian }, i) => {
        const z = [0.25, 1, 7.5][i]!;
        expect([value, gradient[0], hessian[0]]).toEqual([Math.log(z), 1 / z, -1 / z ** 2]);
      });
  });

  test('log is the same number in double-double numbers and inside the balls of any precision', () => {
    for (const z of [1e-30, 0.3, 1, 12345]) {
      const double = gridOps(jets(doubleDoubles, 0)).log(gridInput([doubleDoubles.constant(z)]));
      const { high } = double.entries[0]!.value;
      expect(high).toBeCloseTo(Math.log(z), 12);
      const ring = balls(256);
      const [ball] = gridOps(jets(ring, 0)).log(gridInput([ring.constant(z)])).entries;
      expect(ballToNumber(ball!.value, 256)).toBeCloseTo(Math.log(z), 12);
    }
    const ring = balls(128);
    expect(() => gridOps(jets(ring, 0)).log(gridInput([ring.constant(0)]))).toThrow(
      '[tfjs-moe] balls: the logarithm of a ball with numbers <= 0 does not exist',
    );
  });

  test('greaterOrEqual differs from greater at equal numbers alone', () => {
    const ops = gridOps(jets(columns));
    const one = ops.constant(1);
    expect(valuesOf(ops.greater(x, one))).toEqual([0, 0, 1]);
    expect(valuesOf(ops.greaterOrEqual(x, one))).toEqual([0, 1, 1]);
    const ring = balls(128);
    const ofBalls = gridOps(jets(ring, 0));
    const equal = gridInput([ring.constant(3)]);
    expect(ballToNumber(ofBalls.greaterOrEqual(equal, equal).entries[0]!.value, 128)).toBe(1);
    const field = formalRing();
    expect(() =>
      gridOps(jets(field, 0)).greaterOrEqual(gridInput([field.constant(1)]), gridInput([field.constant(0)])),
    ).toThrow('[tfjs-moe]');
  });

  test('affine ends with the activation that is named', () => {
    const ops = gridOps(jets(columns));
    const specs = { kernel: { shape: [3, 2] as const, initializer: { kind: 'ones' } as const, copies: 1 } };
    const { kernel } = gridParams(columns, specs, { kernel: [1, -2, 0.5, 1, 0.25, -1] });
    expect(ops.affine(x, kernel!, undefined, 'gelu')).toEqual(ops.activation('gelu', ops.affine(x, kernel!)));
  });
});

import { stream } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import {
  columnsOf,
  type Elementary,
  elementary,
  firstDerivative,
  gridInput,
  gridOps,
  gridParams,
  jets,
  type Ring,
  secondDerivative,
} from '@tfjs-moe/numerics';
import {
  type Ball,
  ballAt,
  ballOf,
  balls,
  ballToNumber,
  type DoubleBall,
  doubleBall,
  doubleBallOf,
  doubleBalls,
} from '@tfjs-moe/numerics/precise';
import { describe, expect, test } from 'vitest';
import { comparing, experts, gates, routers } from '../definitions.ts';
import { dataOf, expertModel, gateModel, type Model, mixtureModel, routerModel } from '../evaluate.ts';

/** Numbers below are integers in units of 2^-400, so that everything is decided without rounding. */
const FINE = 400;
const exact = (value: number): bigint => BigInt(value * 2 ** 200) << BigInt(FINE - 200);

/** What a double ball claims at one point: [lowest, highest] in units of 2^-400. */
function claim({ high, low, rad }: DoubleBall, n: number): [bigint, bigint] {
  const i = high.length === 1 ? 0 : n;
  const mid = BigInt(high[i]! * 2 ** 300) * 2n ** 100n + BigInt(low[i]! * 2 ** FINE);
  const reach = BigInt(Math.ceil(rad[i]! * 2 ** FINE));
  return [mid - reach, mid + reach];
}

describe('sums and products contain what they must, decided in integers', () => {
  const draw = stream(1, 'double balls');
  const POINTS = 400;

  /** A number with a low part and a radius at many points, and a true value inside it, often at its edge. */
  function drawn(): { ball: DoubleBall; truth: bigint[] } {
    const high = new Float64Array(POINTS);
    const low = new Float64Array(POINTS);
    const rad = new Float64Array(POINTS);
    const truth: bigint[] = [];
    for (let n = 0; n < POINTS; n++) {
      // Few values, so that sums cancel.
      const size = 2 ** (draw.integer(9) - 4);
      high[n] = draw.integer(4) === 0 ? size : draw.normal() * size;
      low[n] = (draw.uniform() - 0.5) * Math.abs(high[n]!) * 2 ** -53;
      low[n] = Math.round(low[n]! * 2 ** 120) * 2 ** -120;
      rad[n] = draw.integer(2) === 0 ? 0 : 2 ** -(60 + draw.integer(40));
      const sign = BigInt(draw.integer(3) - 1);
      truth.push(exact(high[n]!) + exact(low[n]!) + sign * BigInt(rad[n]! * 2 ** 200) * 2n ** 200n);
    }
    return { ball: { high, low, rad }, truth };
  }

  test('twenty thousand random ones, with and without radii', () => {
    let outside = 0;
    let widest = 0;
    const check = (found: DoubleBall, truth: readonly bigint[], scale: bigint) => {
      for (let n = 0; n < POINTS; n++) {
        const [from, to] = claim(found, n);
        if (from * scale > truth[n]! || to * scale < truth[n]!) outside++;
      }
    };
    for (let trial = 0; trial < 13; trial++) {
      const [a, b, c, d] = [drawn(), drawn(), drawn(), drawn()];
      check(
        doubleBalls.add(a.ball, b.ball),
        a.truth.map((u, n) => u + b.truth[n]!),
        1n,
      );
      check(
        doubleBalls.sub(a.ball, b.ball),
        a.truth.map((u, n) => u - b.truth[n]!),
        1n,
      );
      const unit = 1n << BigInt(FINE);
      check(
        doubleBalls.dot([a.ball], [b.ball]),
        a.truth.map((u, n) => u * b.truth[n]!),
        unit,
      );
      const sum = doubleBalls.dot([a.ball, c.ball], [b.ball, d.ball]);
      check(
        sum,
        a.truth.map((u, n) => u * b.truth[n]! + c.truth[n]! * d.truth[n]!),
        unit,
      );
      for (let n = 0; n < POINTS; n++) {
        if (a.ball.rad[n] === 0 && b.ball.rad[n] === 0 && c.ball.rad[n] === 0 && d.ball.rad[n] === 0)
          widest = Math.max(widest, sum.rad[n]!);
      }
    }
    expect(outside).toBe(0);
    // Narrow as well: numbers up to 50 with 30 digits.
    expect(widest).toBeLessThan(1e-26);
  });

  test('numbers that are the same at every point', () => {
    const [x] = columnsOf([[2], [3]]).map(doubleBallOf) as [DoubleBall];
    const half = doubleBall(0.5);
    expect([...doubleBalls.dot([x, half], [half, half]).high]).toEqual([1.25, 1.75]);
    expect([...doubleBalls.dot([half, x], [half, half]).high]).toEqual([1.25, 1.75]);
    expect(doubleBalls.dot([x], [doubleBall(1)])).toBe(x);
    expect(doubleBalls.isZero(doubleBalls.dot([x], [doubleBall(0)]))).toBe(true);
    expect(() => doubleBalls.add(x, doubleBallOf(new Float64Array(3)))).toThrow(
      'different numbers of points',
    );
  });
});

/** Whether the double ball at a point and a ball of 320 bits have a number in common. */
function meets(outer: DoubleBall, n: number, { mid, rad }: Ball): boolean {
  const [from, to] = claim(outer, n);
  const shift = BigInt(FINE - 320);
  return from <= (mid + rad) << shift && to >= (mid - rad) << shift;
}

describe('elementary functions', () => {
  const fine = balls(320);
  test.each(Object.keys(elementary) as Elementary[])('%s contains its values on balls', (name) => {
    const draw = stream(2, name);
    const positive = ['log', 'sqrt', 'reciprocal', 'relu'].includes(name);
    const high = Float64Array.from({ length: 60 }, () =>
      positive ? 0.2 + 9 * draw.uniform() : 20 * draw.uniform() - 10,
    );
    const rad = high.map(() => (draw.integer(2) === 0 ? 0 : 2 ** -(30 + draw.integer(60))));
    const results = doubleBalls.derivatives(name, { high, low: high.map(() => 0), rad }, 2);
    high.forEach((center, n) => {
      for (const sign of [-1n, 0n, 1n]) {
        const at: Ball = { mid: ballOf(center, 320).mid + sign * ballOf(rad[n]!, 320).mid, rad: 0n };
        fine.derivatives(name, at, 2).forEach((inner, order) => {
          expect(meets(results[order]!, n, inner), `${name}, derivative ${order} at ${center}`).toBe(true);
        });
      }
    });
  });

  test('what cannot be known is unknown at its point alone', () => {
    const at = (values: number[], radius: number) => ({
      high: Float64Array.from(values),
      low: new Float64Array(values.length),
      rad: new Float64Array(values.length).fill(radius),
    });
    const radii = (name: Elementary, ball: DoubleBall) =>
      [...doubleBalls.derivatives(name, ball, 1)[0]!.rad].map(Number.isFinite);
    expect(radii('relu', at([1, 2 ** -20, -1], 2 ** -20))).toEqual([true, false, true]);
    expect(radii('log', at([1, -1, 0], 0))).toEqual([true, false, false]);
    expect(radii('exp', at([1, 1e5, Number.NaN, Infinity], 0))).toEqual([true, false, false, false]);
    expect(ballAt(at([Infinity], 0), 0)).toBeUndefined();
    const greater = doubleBalls.greater(at([1, 2, 1], 0.1), at([2, 1, 1], 0.1));
    expect([...greater.high.subarray(0, 2)]).toEqual([0, 1]);
    expect([...greater.rad].map(Number.isFinite)).toEqual([true, true, false]);
    // Overflow in a product is unknown too, not infinite.
    const large = doubleBalls.dot([at([1e200], 0)], [at([1e200], 0)]);
    expect(Number.isFinite(large.high[0]! + large.low[0]! + large.rad[0]!)).toBe(false);
  });
});

const models = [
  ...experts.map((expert) => expertModel(expert, 2, 1, 1)),
  ...routers.map((router) => routerModel(router, 2)),
  ...gates.filter((gate) => !comparing.includes(gate)).map((gate) => gateModel(gate, 2)),
  mixtureModel(gates[0]!, experts[2]!, 2),
];

describe('every definition with gradient and Hessian agrees with balls', () => {
  /** Values and derivatives of a model as one list. */
  function list<S>(ring: Ring<S>, model: Model, x: readonly S[]): S[] {
    const data = dataOf(model, 2);
    const ops = gridOps(jets(ring));
    return model
      .apply(ops, gridInput(x), gridParams(ring, model.specs, data))
      .entries.flatMap((jet) => [
        jet.value,
        ...jet.support.map((i) => firstDerivative(ring, jet, i)),
        ...jet.support.flatMap((i) => jet.support.map((j) => secondDerivative(ring, jet, i, j))),
      ]);
  }

  test.each(models)('$name', (model) => {
    // Selections mask with numbers as large as 1e30, which leaves double-double nothing: wide or unknown, never wrong.
    const isMasked = /"kind":"(topK|noisyTopK)"/.test(model.name);
    const rows = drawnRows(3, 2, 9);
    const ring = balls(320);
    const together = list(doubleBalls, model, columnsOf(rows).map(doubleBallOf));
    rows.forEach((row, n) => {
      list(ring, model, row.map(ring.constant)).forEach((inner, i) => {
        const outer = together[i]!;
        if (isMasked && !Number.isFinite(outer.rad.at(n))) return;
        expect(meets(outer, n, inner), `number ${i} at ${row}`).toBe(true);
        if (isMasked) return;
        const radius = outer.rad[outer.rad.length === 1 ? 0 : n]!;
        expect(radius / Math.max(1, Math.abs(ballToNumber(inner, 320)))).toBeLessThan(1e-20);
      });
    });
  });
});

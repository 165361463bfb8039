import { drawnRows } from '@tfjs-moe/core/testing';
import {
  type Elementary,
  elementary,
  firstDerivative,
  gridInput,
  gridOps,
  gridParams,
  jets,
  secondDerivative,
} from '@tfjs-moe/numerics';
import { type Ball, ballOf, balls, type DoubleDouble, doubleDoubles } from '@tfjs-moe/numerics/precise';
import { describe, expect, test } from 'vitest';
import { experts, gates, routers } from '../definitions.ts';
import { dataOf, expertModel, gateModel, routerModel } from '../evaluate.ts';

const BITS = 256;
const ring = balls(BITS);

/** |double-double - ball| relative to the larger of 1 and the ball. */
function error({ high, low }: DoubleDouble, { mid }: Ball): number {
  const difference = ballOf(high, BITS).mid + ballOf(low, BITS).mid - mid;
  const scale = mid > 0n ? mid : -mid;
  const unit = 1n << BigInt(BITS);
  return Number((difference << 200n) / (scale > unit ? scale : unit)) * 2 ** -200;
}

describe('30 digits, against balls', () => {
  test.each(Object.keys(elementary) as Elementary[])('%s with two derivatives', (name) => {
    const positive = ['log', 'sqrt', 'reciprocal'].includes(name);
    for (const at of [-9.5, -3.5, -1.25, -0.125, 0.125, 0.6, 1.75, 2.999, 3.25, 8.5]) {
      if (positive && at < 0.5) continue;
      const expected = ring.derivatives(name, ring.constant(at), 2);
      doubleDoubles.derivatives(name, doubleDoubles.constant(at), 2).forEach((value, order) => {
        expect(Math.abs(error(value, expected[order]!)), `${order} at ${at}`).toBeLessThan(1e-29);
      });
    }
  });

  const models = [
    ...experts.map((expert) => expertModel(expert, 2)),
    ...routers.map((router) => routerModel(router, 2)),
    ...gates.slice(0, 6).map((gate) => gateModel(gate, 2)),
  ];
  test.each(models)('$name', (model) => {
    const [row = []] = drawnRows(1, 2, 5);
    const data = dataOf(model, 6);
    const under = <S>(over: typeof ring | typeof doubleDoubles) => {
      const numbers = over as unknown as import('@tfjs-moe/numerics').Ring<S>;
      const p = gridParams(numbers, model.specs, data);
      return model.apply(gridOps(jets(numbers)), gridInput(row.map(numbers.constant)), p).entries;
    };
    const sharp = under<Ball>(ring);
    under<DoubleDouble>(doubleDoubles).forEach((jet, place) => {
      const other = sharp[place]!;
      expect(Math.abs(error(jet.value, other.value))).toBeLessThan(1e-28);
      for (const i of jet.support) {
        const first = error(firstDerivative(doubleDoubles, jet, i), firstDerivative(ring, other, i));
        expect(Math.abs(first)).toBeLessThan(1e-28);
        const second = error(secondDerivative(doubleDoubles, jet, i, i), secondDerivative(ring, other, i, i));
        expect(Math.abs(second)).toBeLessThan(1e-27);
      }
    });
  });
});

test('the ends', () => {
  const valueAt = (name: Elementary, at: number) =>
    doubleDoubles.derivatives(name, doubleDoubles.constant(at), 0)[0]?.high;
  expect([valueAt('exp', 1000), valueAt('exp', -1000)]).toEqual([Infinity, 0]);
  expect([valueAt('normalCdf', 50), valueAt('normalCdf', -50)]).toEqual([1, 0]);
  expect([valueAt('sigmoid', 1000), valueAt('sigmoid', -1000), valueAt('softplus', -1000)]).toEqual([
    1, 0, 0,
  ]);
  expect(valueAt('exp', 700)).toBeCloseTo(Math.exp(700), -292);
});

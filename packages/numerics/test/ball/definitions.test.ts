import { drawnRows } from '@tfjs-moe/core/testing';
import {
  columns,
  firstDerivative,
  gridInput,
  gridOps,
  gridParams,
  jets,
  secondDerivative,
  spreadColumn,
} from '@tfjs-moe/numerics';
import { ballOf, balls, ballToNumber } from '@tfjs-moe/numerics/precise';
import { describe, expect, test } from 'vitest';
import { comparing, experts, gates, routers } from '../definitions.ts';
import { dataOf, expertModel, gateModel, mixtureModel, routerModel, withJets } from '../evaluate.ts';

const BITS = 192;
const models = [
  ...experts.map((expert) => expertModel(expert, 2)),
  ...routers.map((router) => routerModel(router, 2)),
  ...gates.filter((gate) => !comparing.includes(gate)).map((gate) => gateModel(gate, 2)),
  ...gates.slice(0, 2).map((gate) => mixtureModel(gate, experts[2]!, 2)),
];

describe('balls and columns agree on values, gradients and Hessians', () => {
  test.each(models)('$name', (model) => {
    const [row = []] = drawnRows(1, 2, 9);
    const data = dataOf(model, 2);
    const ring = balls(BITS);
    const ops = gridOps(jets(ring));
    const enclosed = model.apply(ops, gridInput(row.map(ring.constant)), gridParams(ring, model.specs, data));
    const plain = withJets(model, [row], data, 2);
    expect(enclosed.entries).toHaveLength(plain.entries.length);
    const first = (column: number | Float64Array) => spreadColumn(column, 1)[0]!;
    let largestError = 0;
    let largestRadius = 0n;
    plain.entries.forEach((jet, place) => {
      const sharp = enclosed.entries[place]!;
      const pairs = [[sharp.value, first(jet.value)] as const];
      for (const i of jet.support) {
        pairs.push([firstDerivative(ring, sharp, i), first(firstDerivative(columns, jet, i))]);
        for (const j of jet.support) {
          pairs.push([secondDerivative(ring, sharp, i, j), first(secondDerivative(columns, jet, i, j))]);
        }
      }
      for (const [ball, number] of pairs) {
        largestError = Math.max(
          largestError,
          Math.abs(ballToNumber(ball, BITS) - number) / Math.max(1, Math.abs(number)),
        );
        if (ball.rad > largestRadius) largestRadius = ball.rad;
      }
    });
    expect(largestError).toBeLessThan(1e-12);
    // Masks as large as 3e38 cost a selection 128 bits.
    expect(largestRadius.toString(2).length).toBeLessThan(148);
  });
});

test.each(comparing.map((gate) => gateModel(gate, 2)))(
  '$name: balls enclose it or refuse it by name',
  (model) => {
    const [row = []] = drawnRows(1, 2, 9);
    const data = dataOf(model, 2);
    const ring = balls(BITS);
    const enclose = () =>
      model.apply(
        gridOps(jets(ring)),
        gridInput(row.map(ring.constant)),
        gridParams(ring, model.specs, data),
      );
    let values: readonly number[] | undefined;
    try {
      values = enclose().entries.map(({ value }) => ballToNumber(value, BITS));
    } catch (error) {
      expect((error as Error).message).toContain('two balls overlap, so that neither is known to be greater');
    }
    const plain = withJets(model, [row], data, 2).entries.map(({ value }) => spreadColumn(value, 1)[0]!);
    values?.forEach((value, place) => {
      expect(value).toBeCloseTo(plain[place]!, 9);
    });
  },
);

test('a relu exactly at its kink has the derivatives of its left side', () => {
  const { derivatives } = balls(64);
  expect(derivatives('relu', ballOf(0, 64), 2)).toEqual([ballOf(0, 64), ballOf(0, 64), ballOf(0, 64)]);
});

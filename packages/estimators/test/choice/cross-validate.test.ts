import { stream } from '@tfjs-moe/core';
import { constant, linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossValidate, expectedResponse, fitMaximumLikelihood, type Sample } from '../../src/index.ts';

const random = stream(4);
const inputs = Array.from({ length: 20 }, () => [random.normal()]);
const response = inputs.map(([x]) => 1 + 2 * x! + random.normal());
const line = { gate: softmax(), expert: linear(), experts: 1 };

/** Rows by fold: weights of 1, 2, 4, ... show in a fold's weight which rows it leaves out. */
function rowsLeftOut(data: Sample, folds: number, seed: number): number[][] {
  const n = data.inputs.length;
  const weights = Array.from({ length: n }, (_, i) => 2 ** i);
  const model = { ...line, expert: constant() };
  return crossValidate({ ...model, data: { ...data, weights }, folds, seed }).folds.map(({ weight }) =>
    Array.from({ length: n }, (_, i) => i).filter((i) => Math.floor(weight / 2 ** i) % 2 === 1),
  );
}

function density({ expertParams, dispersions }: MixingMeasure, x: number, y: number): number {
  const sigma = dispersions![0]!;
  const z = (y - expertParams.bias![0]! - expertParams.kernel![0]! * x) / sigma;
  return -0.5 * z * z - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
}

describe('crossValidate', () => {
  test('leaving out one row at a time has the squared error that the hat matrix gives: PRESS', () => {
    const n = inputs.length;
    const mean = inputs.reduce((sum, [x]) => sum + x! / n, 0);
    const square = inputs.reduce((sum, [x]) => sum + (x! - mean) ** 2, 0);
    const fit = fitMaximumLikelihood({ ...line, data: { inputs, response } });
    const fitted = expectedResponse(fit, inputs);
    const press = response.reduce((sum, y, i) => {
      const leverage = 1 / n + (inputs[i]![0]! - mean) ** 2 / square;
      return sum + ((y - fitted[i]!) / (1 - leverage)) ** 2;
    }, 0);
    const { folds, error } = crossValidate({ ...line, data: { inputs, response }, folds: n });
    expect(folds).toHaveLength(n);
    expect(error).toBeCloseTo(press / n, 8);
  });

  test('never shows a model the rows it is judged by, and all the others, whatever the seed and the folds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.nat(1000),
        fc.integer({ min: 8, max: 20 }),
        (folds, seed, n) => {
          const data = { inputs: inputs.slice(0, n), response: response.slice(0, n) };
          const left = rowsLeftOut(data, folds, seed);
          expect(left.flat().sort((a, b) => a - b)).toEqual(data.response.map((_, i) => i));
          const found = crossValidate({ ...line, data, folds, seed });
          left.forEach((out, fold) => {
            const kept = data.response.map((_, i) => i).filter((i) => !out.includes(i));
            const { measure } = fitMaximumLikelihood({
              ...line,
              seed,
              data: {
                inputs: kept.map((i) => data.inputs[i]!),
                response: kept.map((i) => data.response[i]!),
              },
            });
            const sum = out.reduce((s, i) => s + density(measure, data.inputs[i]![0]!, data.response[i]!), 0);
            expect(found.folds[fold]!.rows).toBe(out.length);
            expect(found.folds[fold]!.logLikelihood).toBeCloseTo(sum / out.length, 7);
          });
        },
      ),
      { numRuns: 12 },
    );
  });
});

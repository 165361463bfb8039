import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { responsibilities } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  calibration,
  crossValidate,
  expectedResponse,
  fitLeastSquares,
  fitMaximumLikelihood,
  residuals,
  summary,
} from '../src/index.ts';

const line = { gate: softmax(), expert: linear(), starts: 1 };
const few = Array.from({ length: 60 }, (_, i) => [Math.sin(i)]);

// What is refused here took all memory, or days, before anything was said.
describe('a model that cannot be held is refused before anything is made', () => {
  const wide = [1, 2, 3, 4].map((i) => Array.from({ length: 100_000 }, (_, j) => Math.sin(i * j)));
  const response = few.map(([x]) => x!);
  test.each<[string, object, string]>([
    [
      'by the number of experts',
      { experts: 60_000, data: { inputs: few, response } },
      'this one, of 60000 experts',
    ],
    [
      'by the number of inputs',
      { experts: 2, data: { inputs: wide, response: [1, 2, 1, 3] } },
      '100000 inputs',
    ],
  ])('%s', (_, options, message) => {
    for (const fit of [fitMaximumLikelihood, fitLeastSquares]) {
      expect(() => fit({ ...line, ...options } as never)).toThrow(
        'a model must have at most 10000 parameters',
      );
      expect(() => fit({ ...line, ...options } as never)).toThrow(message);
    }
  });

  test('by the number of classes, which a column of identifiers would ask for', () => {
    const identifiers = few.map((_, i) => (i === 7 ? 1e8 : i % 2));
    const options = {
      ...line,
      experts: 2,
      family: 'multinomial',
      data: { inputs: few, response: identifiers },
    } as const;
    expect(() => fitMaximumLikelihood(options)).toThrow('a class must be below the number of rows (60)');
    expect(() => fitMaximumLikelihood({ ...options, classes: 1e8 + 1 })).toThrow('100000001 classes');
    expect(() => crossValidate(options)).toThrow('100000001 classes');
  });
});

describe('150,000 rows, more than a call can have arguments', () => {
  const rows = Array.from({ length: 150_000 }, (_, i) => i);
  const inputs = rows.map((i) => [Math.sin(i)]);
  const response = rows.map((i) => 1 + 2 * Math.sin(i) + Math.cos(7 * i));

  test('pass through an estimator and what asks its fit', () => {
    const data = { inputs, response, weights: rows.map((i) => 1 + (i % 2)) };
    const fit = fitMaximumLikelihood({ ...line, experts: 1, data });
    expect(summary(fit).text).toContain('(Intercept)');
    expect(calibration(fit, data).bins).toHaveLength(10);
    expect(residuals(fit, data)).toHaveLength(rows.length);
    expect(responsibilities(fit.measure, data)).toHaveLength(rows.length);
    expect(expectedResponse(fit, inputs)).toHaveLength(rows.length);
    expect(fitLeastSquares({ ...line, experts: 1, data }).fitted).toHaveLength(rows.length);
  });

  test('of classes, too', () => {
    const data = { inputs, response: response.map((y) => Number(y > 1)) };
    const fit = fitMaximumLikelihood({ ...line, experts: 1, data, family: 'multinomial' });
    expect(calibration(fit, data).error).toBeLessThan(0.1);
  });
});

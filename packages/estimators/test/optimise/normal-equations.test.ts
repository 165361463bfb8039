import { ffn } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { predict } from '@tfjs-moe/measures';
import { measureOf, numbersOf } from '@tfjs-moe/measures/tape';
import { columnsOf } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { randomMeasure, randomRows } from '../../../measures/test/measures.ts';
import { mixtureProblem } from '../../src/least-squares/problems.ts';

describe.each([softmax(), topK({ k: 2 })])('the normal equations under $kind', (gate) => {
  // More rows than a block has.
  const rows = randomRows(2100);
  const of = randomMeasure(gate, ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false }));
  const base = numbersOf(of);
  const free = [...base.keys()].filter((place) => place % 3 !== 1);
  const response = Float64Array.from(rows, ([a, b]) => Math.sin(a!) - b!);

  test.each(['equal', 'different'])('are those of the residuals, with %s weights', (kind) => {
    const weights = Float64Array.from(rows, (_, i) => (kind === 'equal' ? 1 : (i % 5) + 0.5));
    const problem = mixtureProblem(
      of,
      {
        n: rows.length,
        inputs: columnsOf(rows),
        response,
        weights,
        rootWeights: kind === 'equal' ? undefined : weights.map(Math.sqrt),
      },
      base,
      free,
    );
    const parameters = Float64Array.from(free, (place) => base[place]!);
    const { sumOfSquares, slope, curvature } = problem(parameters);

    // Central differences of the predictions, whose Jacobian the equations are made of.
    const at = (numbers: Float64Array) => predict(measureOf(of, numbers), rows);
    const fitted = at(base);
    const step = 1e-6;
    const jacobian = free.map((place) => {
      const up = base.map((value, i) => value + (i === place ? step : 0));
      const down = base.map((value, i) => value - (i === place ? step : 0));
      const [above, below] = [at(up), at(down)];
      return above.map((value, i) => (value - below[i]!) / (2 * step));
    });
    const sum = (term: (i: number) => number) =>
      rows.reduce((total, _, i) => total + weights[i]! * term(i), 0);
    const residual = (i: number) => fitted[i]! - response[i]!;
    expect(sumOfSquares / sum((i) => residual(i) ** 2)).toBeCloseTo(1, 12);
    const scale = Math.max(...jacobian.map((column) => Math.sqrt(sum((i) => column[i]! ** 2))));
    jacobian.forEach((column, u) => {
      const tolerance = 1e-6 * scale * Math.sqrt(sumOfSquares);
      expect(Math.abs(slope[u]! - sum((i) => column[i]! * residual(i)))).toBeLessThan(tolerance);
      jacobian.forEach((other, v) => {
        const expected = sum((i) => column[i]! * other[i]!);
        expect(Math.abs(curvature.data[u + v * free.length]! - expected)).toBeLessThan(1e-6 * scale * scale);
      });
    });
  });
});

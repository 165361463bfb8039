import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { normalCdf } from '@tfjs-moe/numerics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibration, fitMaximumLikelihood } from '../../src/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const fit = fitMaximumLikelihood({
  gate: softmax(),
  expert: linear(),
  experts: 1,
  data: referenceSample('A_d1k2_n1000'),
});
const [bias, kernel, sigma] = [
  fit.measure.expertParams.bias![0]!,
  fit.measure.expertParams.kernel![0]!,
  fit.measure.dispersions![0]!,
];

/** A response that the fit expects z deviations above its mean. */
const at = (x: number, z: number) => bias + kernel * x + z * sigma;

test('of one row the distance is to the farther end, on whichever side the row lies', () => {
  for (const z of [-2, -1, 0, 1, 2]) {
    const { error } = calibration(fit, { inputs: [[0.3]], response: [at(0.3, z)] });
    expect(error).toBeCloseTo(Math.max(normalCdf(z), normalCdf(-z)), 10);
  }
});

test('a row is counted in the bin that its value lies in', () => {
  for (const z of [-2.5, -1, -0.3, 0.3, 1, 2.5]) {
    const { bins } = calibration(fit, { inputs: [[0.3]], response: [at(0.3, z)] }, { bins: 8 });
    expect(bins.map(({ observed }) => observed)).toEqual(
      bins.map(({ from, to }) => Number(from <= normalCdf(z) && normalCdf(z) < to)),
    );
  }
});

test('the distance is the largest of any point, from above and from below, each row by its weight', () => {
  const row = fc.record({
    x: fc.double({ min: -2, max: 2, noNaN: true }),
    z: fc.double({ min: -3, max: 3, noNaN: true }),
    weight: fc.constantFrom(0, 0.5, 1, 2),
  });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 12 }).filter((rows) => rows.some(({ weight }) => weight > 0)),
      (rows) => {
        const { error } = calibration(fit, {
          inputs: rows.map(({ x }) => [x]),
          response: rows.map(({ x, z }) => at(x, z)),
          weights: rows.map(({ weight }) => weight),
        });
        const total = rows.reduce((sum, { weight }) => sum + weight, 0);
        const below = (u: number, included: boolean) =>
          rows.reduce((sum, { z, weight }) => {
            const own = normalCdf(z);
            return own < u || (included && own === u) ? sum + weight : sum;
          }, 0) / total;
        const distances = rows.flatMap(({ z }) => {
          const u = normalCdf(z);
          return [Math.abs(u - below(u, false)), Math.abs(u - below(u, true))];
        });
        expect(error).toBeCloseTo(Math.max(...distances), 8);
      },
    ),
    { numRuns: 50 },
  );
});

import { stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, temperature } from '@tfjs-moe/gates';
import { predict, voronoiLoss } from '@tfjs-moe/measures';
import { counterexamples, leCamBound, rates, sampleSize } from '@tfjs-moe/theory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const rateOf = (quantity: string, expert = gelu, gate = softmax()) =>
  rates({ gate, expert }).rates.find((rate) => rate.quantity === quantity)!;

describe('sampleSize', () => {
  test('is where (log n / n)^(1/4) has fallen as far as the error is to fall, and no row earlier', () => {
    const rate = rateOf('over-fitted atoms');
    expect(rate.rate).toBe('n^(-1/4)');
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 1e4 }),
        fc.double({ min: 0.05, max: 1.5, noNaN: true }),
        (n, part) => {
          const at = { n, error: 2 };
          const wanted = sampleSize(rate, { accuracy: 2 * part, at });
          const errorAt = (m: number) => 2 * (Math.log(m) / m / (Math.log(n) / n)) ** 0.25;
          expect(errorAt(wanted)).toBeLessThanOrEqual(2 * part * (1 + 1e-6));
          if (wanted > 4) expect(errorAt(wanted * (1 - 1e-6) - 1)).toBeGreaterThan(2 * part * (1 - 1e-6));
        },
      ),
    );
  });

  test('half of the error costs four times the rows, 16 times or 256 times, and what the logarithm adds', () => {
    const at = { n: 1e4, error: 1 };
    const gaussian = rates({ gate: softmax(), expert: linear(), model: { family: 'gaussian' } }).rates;
    const factors = [rateOf('exact atoms'), rateOf('over-fitted atoms'), gaussian[2]!].map(
      (rate) => sampleSize(rate, { accuracy: 0.5, at }) / at.n,
    );
    expect(factors[0]).toBeCloseTo(4.66, 1);
    expect(factors[1]! / 16).toBeGreaterThan(1.2);
    expect(factors[2]! / 256).toBeGreaterThan(1.5);
    expect(factors[2]! / 256).toBeLessThan(2);
  });

  test('is refused where no polynomial number of rows suffices, or nothing is proved', () => {
    const options = { accuracy: 1, at: { n: 10, error: 2 } };
    expect(() => sampleSize(rateOf('over-fitted atoms', linear()), options)).toThrow(
      'no number of rows follows',
    );
    expect(() => sampleSize(rateOf('exact atoms', gelu, temperature()), options)).toThrow(
      'no number of rows',
    );
    expect(() => sampleSize({ ...rateOf('exact atoms'), status: 'not covered' }, options)).toThrow(
      'not covered',
    );
  });
});

const truth = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [1.5, 0], bias: [0.25, 0] },
  expertParams: { kernel: [1, -0.5], bias: [0.5, -1] },
};
const inputs = [[-1], [-0.25], [0.5], [1.75]];

describe('leCamBound', () => {
  test('its total variation is what the best test between the two samples errs', () => {
    const other = { ...truth, expertParams: { kernel: [1.2, -0.5], bias: [0.5, -0.7] } };
    const [n, deviation] = [8, 0.4];
    const { totalVariation, distance, value } = leCamBound({
      truth,
      other,
      inputs,
      deviation,
      n,
      separation: 3,
    });
    const rows = [...inputs, ...inputs];
    const means = [truth, other].map((of) => predict(of, rows)) as [Float64Array, Float64Array];
    const random = stream(1, 'le cam');
    const draws = 40_000;
    let errors = 0;
    for (const from of [0, 1]) {
      for (let draw = 0; draw < draws; draw++) {
        let lead = 0;
        for (let i = 0; i < n; i++) {
          const y = means[from]![i]! + deviation * random.normal();
          lead += (y - means[1]![i]!) ** 2 - (y - means[0]![i]!) ** 2;
        }
        if (lead > 0 === (from === 1)) errors++;
      }
    }
    const wanted = 1 - errors / draws;
    expect(Math.abs(totalVariation - wanted)).toBeLessThan(4.5 * Math.sqrt(0.5 / draws));
    expect(distance).toBeGreaterThan(0.1);
    expect(value).toBeCloseTo(1.5 * (1 - totalVariation), 12);
  });

  test('with the sequence of Theorem 2 an error of n^(-1/2) stays, for every power r', () => {
    for (const r of [1, 2, 3]) {
      const bounds = [4, 12].map((member) => {
        const n = member ** (2 * r);
        const { other, loss } = counterexamples.theoremTwo(truth, { n: member, r });
        return leCamBound({ truth, other, inputs, deviation: 1, n, separation: loss }).value * Math.sqrt(n);
      });
      expect(bounds[1]! / bounds[0]!).toBeGreaterThan(0.8);
      expect(bounds[1]).toBeGreaterThan(0.3);
    }
  });

  test('of two mixtures with one function it is half of what they differ by, at every n', () => {
    const { other } = counterexamples.biasSplit(truth);
    const separation = voronoiLoss(other, truth, { gauge: 'fixed' }).value;
    const { value, totalVariation } = leCamBound({
      truth,
      other,
      inputs,
      deviation: 0.1,
      n: 1e6,
      separation,
      triangle: 2,
    });
    expect(value).toBeCloseTo(separation / 4, 9);
    expect(totalVariation).toBeLessThan(1e-9);
  });
});

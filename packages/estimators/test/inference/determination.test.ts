import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { determination, fitMaximumLikelihood, standardErrors } from '../../src/index.ts';

const inputs = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const noise = inputs.map((_, i) => Math.sin(7.3 * i) + Math.cos(3.1 * i * i));
const one = (rows: readonly (readonly number[])[]) =>
  fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 1,
    starts: 1,
    data: { inputs: rows, response: rows.map(([a, b], i) => 1 + 2 * a! - b! + 0.3 * noise[i]!) },
  });

/** The design matrix of a line, and from it what least squares says: another way to all of it. */
function byDesign(rows: readonly (readonly number[])[]) {
  const columns = [rows.map(() => 1), rows.map(([a]) => a!), rows.map(([, b]) => b!)];
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const gram = columns.map((a) => columns.map((b) => dot(a, b)));
  // By Cramer's rule.
  const minor = (i: number, j: number) => {
    const rest = gram.filter((_, r) => r !== i).map((row) => row.filter((_, c) => c !== j));
    return rest[0]![0]! * rest[1]![1]! - rest[0]![1]! * rest[1]![0]!;
  };
  const det = gram[0]!.reduce((sum, value, j) => sum + (j % 2 ? -1 : 1) * value * minor(0, j), 0);
  const variance = columns.map((_, i) => minor(i, i) / det);
  return columns.map((_, i) => Math.sqrt(variance[i]! * gram[i]![i]!));
}

describe('determination', () => {
  test('of a line: inflation is that of its design, and widths are those of Wald intervals', () => {
    const fit = one(inputs);
    const { verdict, numbers, conditionNumber } = determination(fit);
    expect(verdict).toBe('determined');
    const inflation = byDesign(inputs);
    const names = ['(Intercept)', 'x1', 'x2'];
    const found = names.map((name) => numbers.find((number) => number.name === name)!.inflation);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(inflation[i]!, 6);
    });
    const errors = standardErrors(fit);
    const own = errors[fit.estimates.findIndex(({ name }) => name === 'x1')]!;
    expect(numbers.find(({ name }) => name === 'x1')!.width).toBeCloseTo(2 * 1.959964 * own, 6);
    expect(conditionNumber).toBeGreaterThanOrEqual(1);
    expect(determination(fit, { level: 0.5 }).numbers[0]!.width).toBeLessThan(numbers[0]!.width / 2);
  });

  test('inputs that nearly coincide are named as what moves together, whatever their units', () => {
    const tied = inputs.map(([a], i) => [a!, a! + 1e-3 * Math.cos(1.7 * i)]);
    const { verdict, conditionIndex, weakest } = determination(one(tied));
    expect(verdict).toBe('weakly determined');
    expect(conditionIndex).toBeGreaterThan(30);
    expect(
      weakest
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['x1', 'x2']);
    expect(weakest.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.9);
    const scaled = determination(one(tied.map(([a, b]) => [1000 * a!, b! / 50])));
    expect(scaled.conditionIndex / conditionIndex).toBeCloseTo(1, 3);
  });

  test('of a structure: the information is that of the model that was fitted', () => {
    const options = { gate: softmax(), expert: linear(), starts: 1 } as const;
    const response = inputs.map(([a, b], i) => 1 + 2 * a! - b! + 0.3 * noise[i]!);
    const held = fitMaximumLikelihood({
      ...options,
      experts: 1,
      data: { inputs, response },
      structure: { fixed: ['expert 1: x2 = 3 * expert 1: x1'] },
    });
    const sums = fitMaximumLikelihood({
      ...options,
      experts: 1,
      data: { inputs: inputs.map(([a, b]) => [a! + 3 * b!]), response },
    });
    const [own, plain] = [determination(held), determination(sums)];
    expect(own.numbers.map(({ name }) => name)).toEqual(['x1', '(Intercept)', 'sigma']);
    expect(own.verdict).toBe('determined');
    expect(own.conditionNumber / plain.conditionNumber).toBeCloseTo(1, 5);
    own.numbers.forEach(({ width, inflation }, i) => {
      expect(width / plain.numbers[i]!.width).toBeCloseTo(1, 5);
      expect(inflation / plain.numbers[i]!.inflation).toBeCloseTo(1, 5);
    });
    const both = fitMaximumLikelihood({
      ...options,
      experts: 2,
      starts: 5,
      variances: 'own',
      data: { inputs, response: inputs.map(([, b], i) => (i % 3 > 0 ? 2 : -2) + b! + 0.3 * noise[i]!) },
      structure: { equal: ['x2', 'sigma'], absent: ['gate: x2'], fixed: ['expert 1: x1 = 0'] },
    });
    const found = determination(both);
    expect(found.conditionNumber).toBeLessThan(1e8);
    expect(found.numbers).toHaveLength(both.degreesOfFreedom);
    expect(found.numbers.filter(({ name }) => name === 'x2' || name === 'sigma')).toHaveLength(2);
  });

  test('what has no information is listed', () => {
    const surplus = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      starts: 1,
      maxIterations: 5,
      data: { inputs, response: inputs.map(([a]) => a!) },
    });
    const lost = {
      ...surplus,
      estimates: surplus.estimates.map((estimate, i) =>
        i === 0 ? { ...estimate, status: 'not identified' as const } : estimate,
      ),
    };
    const found = determination(lost);
    expect(found).toMatchObject({ verdict: 'not determined', conditionNumber: Infinity });
    expect(found.undetermined).toHaveLength(
      lost.estimates.filter(({ status }) => status === 'not identified').length,
    );
  });
});

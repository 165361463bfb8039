import { type Expert, type Gate, stream } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { derivativesPass } from '../../../src/likelihood/passes/derivatives-pass.ts';
import { mixtureRows } from '../../../src/likelihood/passes/mixture-rows.ts';
import { scoresPass } from '../../../src/likelihood/passes/scores-pass.ts';
import { logLikelihoodAt } from '../../../src/likelihood/passes/value-pass.ts';
import { makeProblem } from '../../../src/likelihood/problem/make-problem.ts';
import type { Problem } from '../../../src/likelihood/problem/problem.ts';
import { columnsOfSample, sortedByGroup } from '../../../src/sample.ts';
import { type FamilyCase, families, nameOf } from '../families.ts';

const tanh = () => ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });

interface Case {
  readonly name: string;
  readonly gate: Gate;
  readonly expert: Expert;
  readonly experts: number;
  readonly variances?: 'common' | 'own';
  readonly of?: FamilyCase;
  readonly general?: boolean;
  /** Some rows in groups, of which inputs are the same. */
  readonly grouped?: boolean;
}

const cases: Case[] = [
  { name: 'softmax, linear', gate: softmax(), expert: linear(), experts: 3 },
  {
    name: 'softmax, linear, common variance',
    gate: softmax(),
    expert: linear(),
    experts: 2,
    variances: 'common',
  },
  { name: 'softmax, linear, by jets', gate: softmax(), expert: linear(), experts: 3, general: true },
  {
    name: 'softmax, constant, without bias',
    gate: softmax({ useBias: false }),
    expert: constant(),
    experts: 2,
  },
  { name: 'softmax, tanh', gate: softmax(), expert: tanh(), experts: 2 },
  {
    name: 'softmax of an mlp router',
    gate: softmax({ router: mlpRouter({ hiddenUnits: [2], outputActivation: 'tanh' }) }),
    expert: polynomial(),
    experts: 2,
  },
  { name: 'top-2 of 3', gate: topK({ k: 2 }), expert: linear(), experts: 3 },
  { name: 'normalised sigmoid', gate: sigmoid({ normalize: true }), expert: linear(), experts: 2 },
  { name: 'temperature', gate: temperature({ temperature: 2 }), expert: linear(), experts: 3 },
  {
    name: 'hierarchical',
    gate: hierarchical({ groups: 2 }),
    expert: linear(),
    experts: 4,
    variances: 'common',
  },
  ...families.map((of) => ({ name: nameOf(of), gate: softmax(), expert: linear(), experts: 2, of })),
  ...families.map((of) => ({
    name: `${nameOf(of)}, by jets`,
    gate: softmax(),
    expert: linear(),
    experts: 2,
    of,
    general: true,
  })),
  ...families.map((of) => ({
    name: `${nameOf(of)}, in groups`,
    gate: softmax(),
    expert: linear(),
    experts: 2,
    of,
    grouped: true,
  })),
  { name: 'softmax, tanh, in groups', gate: softmax(), expert: tanh(), experts: 2, grouped: true },
  {
    name: 'one shape for all',
    gate: softmax(),
    expert: linear(),
    experts: 2,
    variances: 'common',
    of: families.find(({ family }) => family.kind === 'gamma')!,
  },
  {
    name: 'classes, neural',
    gate: softmax(),
    expert: ffn({ hiddenUnits: 2, activation: 'tanh' }),
    experts: 2,
    of: families.find(({ classes }) => classes === 3)!,
  },
];

function problemOf({ variances = 'own', of = families[0]!, ...each }: Case): Problem {
  const { gate, expert, experts, general, grouped = false } = each;
  const { family, respond, trials, classes = 1 } = of;
  const random = stream(3);
  const inputs = Array.from({ length: 300 }, () => [random.normal(), 2 + 3 * random.uniform()]);
  const isNumber = family.isLocationScale === true;
  const response = inputs.map(([x]) => (isNumber ? 5 + x! + random.normal() : respond(x!, random)));
  const weights = inputs.map(() => random.integer(3));
  let group = 0;
  const groups = inputs.map((_, i) => {
    if (i > 0 && random.uniform() < 0.4) return group;
    group = i;
    return group;
  });
  const rows = grouped ? groups : inputs.map((_, i) => i);
  return makeProblem({
    who: 'test',
    shape: { gate, expert, experts, inputDim: 2, units: classes },
    data: sortedByGroup(
      columnsOfSample('test', {
        inputs: rows.map((row) => inputs[row]!),
        response,
        weights: rows.map((row) => weights[row]!),
        ...(grouped && { groups }),
        ...(trials !== undefined && { trials: response.map(() => trials) }),
        ...(classes === 1 && { offset: inputs.map(([, x]) => 0.1 * x!) }),
      }),
    ).data,
    family,
    variances,
    minVariance: 1e-8,
    seed: 1,
    general: general ?? false,
  });
}

function pointOf({ layout, coordinates }: Problem): Float64Array {
  const random = stream(5);
  const numbers = coordinates.toNumbers(
    Float64Array.from({ length: coordinates.size }, () => 0.4 * random.normal()),
  );
  layout.entries.forEach(({ name }, i) => {
    if (name === 'temperature') numbers[i] = 1.7;
  });
  return coordinates.fromNumbers(numbers);
}

describe('the likelihood', () => {
  test.each(cases)('$name: gradient and Hessian are those of the value', (each) => {
    const problem = problemOf(each);
    const evaluate = mixtureRows(problem);
    const at = pointOf(problem);
    const differentiate = derivativesPass(problem, evaluate);
    const { value, gradient, hessian } = differentiate(at);
    expect(value).toBeCloseTo(logLikelihoodAt(problem, evaluate, at), 9);
    const { size } = problem.coordinates;
    const moved = (j: number, step: number) => at.map((u, i) => (i === j ? u + step : u));
    for (let j = 0; j < size; j++) {
      const [up, down] = [differentiate(moved(j, 1e-5)), differentiate(moved(j, -1e-5))];
      expect(gradient[j]! / 300).toBeCloseTo((up.value - down.value) / 2e-5 / 300, 6);
      for (let i = j; i < size; i++) {
        const slope = (up.gradient[i]! - down.gradient[i]!) / 2e-5;
        expect(hessian[i + j * size]! / 300).toBeCloseTo(slope / 300, 6);
      }
    }
  });

  test.each(cases.filter(({ of, general, expert }) => of && !general && expert.kind === 'linear'))(
    '$name: an expert whose mean overflows at rows that it gives no probability to leaves derivatives finite',
    (each) => {
      const problem = problemOf(each);
      const differentiate = derivativesPass(problem, mixtureRows(problem));
      const at = pointOf(problem);
      const { size, firstExpert, noiseOf } = problem.coordinates;
      for (let j = firstExpert; j < size; j++) {
        // A dispersion has bounds.
        if (noiseOf.includes(j)) continue;
        for (const far of [-1e3, 1e3]) {
          const { value, gradient, hessian } = differentiate(at.map((u, i) => (i === j ? far : u)));
          if (value === -Infinity) continue;
          expect([...gradient, ...hessian].find((one) => !Number.isFinite(one))).toBeUndefined();
        }
      }
    },
  );

  test.each(cases.filter(({ general }) => general))('$name: equal to the affine case', (each) => {
    const problem = problemOf(each);
    const affine = problemOf({ ...each, general: false });
    expect(affine.isLeastSquares).toBe(affine.family.isLeastSquares === true);
    const at = pointOf(problem);
    const other = affine.coordinates.fromNumbers(problem.coordinates.toNumbers(at));
    const value = logLikelihoodAt(problem, mixtureRows(problem), at);
    expect(logLikelihoodAt(affine, mixtureRows(affine), other) / value).toBeCloseTo(1, 12);
  });

  test('has scores that sum to the gradient, and whose products sum to their matrix', () => {
    const problem = problemOf(cases[0]!);
    const at = pointOf(problem);
    const { size } = problem.coordinates;
    const { gradient } = derivativesPass(problem, mixtureRows(problem))(at);
    const matrix = scoresPass(problem, mixtureRows(problem), at);
    const { data } = problem;
    const sum = new Float64Array(size);
    const expected = new Float64Array(size * size);
    for (let row = 0; row < data.n; row++) {
      const weights = new Float64Array(data.n);
      weights[row] = 1;
      const one = {
        ...problem,
        data: { ...data, weights, unitWeights: weights, totalWeight: 1 },
        logScale: 0,
      };
      const score = derivativesPass(one, mixtureRows(one))(at).gradient;
      for (let i = 0; i < size; i++) {
        sum[i] = sum[i]! + data.weights[row]! * score[i]!;
        for (let j = 0; j <= i; j++) {
          expected[i + j * size] = expected[i + j * size]! + data.weights[row]! * score[i]! * score[j]!;
        }
      }
    }
    for (let i = 0; i < size; i++) expect(sum[i]).toBeCloseTo(gradient[i]!, 8);
    for (let i = 0; i < size * size; i++) expect(expected[i]).toBeCloseTo(matrix[i]!, 7);
  });
});

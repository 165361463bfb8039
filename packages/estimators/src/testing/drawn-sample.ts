import { stream } from '@tfjs-moe/core';
import { gamma, poisson } from '@tfjs-moe/measures';
import type { Sample } from '../sample.ts';
import type { ResponseKind } from './estimator.ts';

/** Numbers that float32 has, so that arrays of any kind hold the same sample. */
const round = Math.fround;

/**
 * Rows about two planes, one on either side of a soft border, or classes, counts and positive numbers of two laws: a sample
 * whose best fit by two experts is far better than any other.
 */
export function drawnSample(response: ResponseKind): Sample {
  // A class says less than a number.
  const n = response === 'number' ? 90 : response === 'class' ? 300 : 100;
  const random = stream(3, 'testEstimator');
  const inputs = Array.from({ length: n }, () => [round(random.normal()), round(3 * random.uniform())]);
  const law = (output: number) => ({ outputs: [output], dispersion: 9, trials: 1 });
  return {
    inputs,
    response: inputs.map(([a = 0, b = 0]) => {
      const isFirst = 3 * a + 0.5 * random.normal() > 0;
      if (response === 'number')
        return round((isFirst ? 1 + 2 * a + b : -1 - a + 0.2 * b) + 0.3 * random.normal());
      const log = isFirst ? 3 - 0.4 * b : 0.3 + 0.4 * b;
      if (response === 'count') return poisson().draw(law(log), random);
      if (response === 'positive') return round(gamma().draw(law(log), random));
      const logit = isFirst ? 2 - 1.5 * b : 3 * b - 3;
      return Number(random.uniform() < 1 / (1 + Math.exp(-logit)));
    }),
    inputNames: ['first', 'second'],
    responseName: 'answer',
  };
}

/** Some rows of a sample, in the given order, each as often as it is named. */
export function rowsOf({ inputs, response, weights, ...names }: Sample, rows: readonly number[]): Sample {
  return {
    ...names,
    inputs: rows.map((i) => inputs[i]!),
    response: rows.map((i) => response[i]!),
    ...(weights !== undefined && { weights: rows.map((i) => weights[i]!) }),
  };
}

/** A sample with other inputs, row by row, under names of their own. */
export function withInputs(
  sample: Sample,
  inputs: (row: readonly number[], i: number) => ArrayLike<number>,
): Sample {
  const { inputNames: _, ...rest } = sample;
  return { ...rest, inputs: sample.inputs.map((row, i) => inputs(Array.from(row), i)) };
}

/** A sample with other responses. */
export function withResponse(sample: Sample, change: (value: number, i: number) => number): Sample {
  return { ...sample, response: Array.from(sample.response, change) };
}

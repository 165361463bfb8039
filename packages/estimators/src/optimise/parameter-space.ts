import { expectKnownOptions, expectPositive, type ParamSpecs, paramSize } from '@tfjs-moe/core';
import { gateGauge, type MeasureShape, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';

/** Largest size of a parameter: one for all, or one for each part. */
export type Bound = number | { readonly gate?: number; readonly expert?: number };

export interface ParameterSpace {
  /** Of every number of a measure, in the order of `numbersOf`: `gate/bias[0]#1` is that of the second expert. */
  readonly labels: readonly string[];
  /** Places of the numbers that may move. */
  readonly free: readonly number[];
  /** Ends of the box, for every number. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** What the default box is measured by: means and standard deviations of the data, never 0. */
export interface Scales {
  readonly inputMeans: readonly number[];
  readonly inputScales: readonly number[];
  readonly responseScale: number;
}

/**
 * The parameter space $\Theta$ of a fit: which numbers of a measure may move, and the box that they move in.
 *
 * What is not trainable stays, and so does what the function does not depend on: the gauge of a softmax, and a learned
 * temperature that only rescales the scores. Otherwise the normal equations would be singular for a dull reason.
 *
 * Source of the box: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, assumption (A.1): $\Theta$ is compact.
 */
export function parameterSpace(
  who: string,
  shape: MeasureShape,
  scales: Scales,
  bound?: Bound,
): ParameterSpace {
  const specs = measureSpecs(shape);
  const sizes = { ...defaultBounds(scales), ...givenBounds(who, bound) };
  const gauge = gateGauge(shape.gate, shape.inputDim, shape.experts);
  const fixed = new Set(
    gauge.freedoms.flatMap(({ fixed: copies }) => copies).map(({ name, copy }) => `${name} ${copy}`),
  );
  for (const { temperature, copy } of gauge.scales) fixed.add(`${temperature} ${copy}`);
  const labels: string[] = [];
  const free: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  const add = (
    part: string,
    named: ParamSpecs,
    size: number,
    isFixed: (name: string, copy: number) => boolean,
  ) => {
    for (const [name, spec] of Object.entries(named)) {
      const { min = -size, max = size } = spec.constraint ?? {};
      labels.push(...paramLabels({ [`${part}/${name}`]: { ...spec, trainable: true } }));
      for (let copy = 0; copy < spec.copies; copy++) {
        for (let i = 0; i < paramSize(spec); i++) {
          if (spec.trainable !== false && !isFixed(name, copy)) free.push(lower.length);
          lower.push(min);
          upper.push(max);
        }
      }
    }
  };
  add('gate', specs.gate, sizes.gate, (name, copy) => fixed.has(`${name} ${copy}`));
  add('expert', specs.expert, sizes.expert, () => false);
  return { labels, free, lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
}

/** Moves numbers into the box. */
export function intoBox(numbers: Float64Array, { lower, upper }: ParameterSpace): Float64Array {
  return numbers.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
}

/**
 * A box so wide that only a fit that runs away meets it: scores up to some thousand at ordinary inputs, and experts a
 * million times steeper than the data.
 */
function defaultBounds({ inputMeans, inputScales, responseScale }: Scales): { gate: number; expert: number } {
  const steepest = Math.max(1, ...inputScales.map((scale) => 1 / scale));
  const farthest = Math.max(1, ...inputMeans.map((mean, d) => Math.abs(mean) / inputScales[d]!));
  return {
    gate: 1e3 * steepest * farthest,
    expert: 1e6 * Math.max(1, responseScale) * steepest * farthest,
  };
}

function givenBounds(who: string, bound: Bound | undefined): { gate?: number; expert?: number } {
  if (bound === undefined) return {};
  if (typeof bound !== 'object' || bound === null) {
    const size = expectPositive(who, 'bounds', bound);
    return { gate: size, expert: size };
  }
  expectKnownOptions(`${who} bounds`, bound, ['gate', 'expert']);
  return Object.fromEntries(
    Object.entries(bound).map(([part, size]) => [part, expectPositive(who, `bounds.${part}`, size)]),
  );
}

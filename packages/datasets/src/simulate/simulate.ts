import { expectInteger, expectKnownOptions, expectNumber, MoeError, stream } from '@tfjs-moe/core';
import { type MixingMeasure, mixingMeasure } from '@tfjs-moe/measures';
import { givenRows, type Inputs, inputRows } from './inputs.ts';
import { type Noise, respond } from './noise.ts';

/**
 * What `simulate` draws: how many rows of which design or measure, from which inputs, with which noise and seed.
 */
export interface SimulateOptions {
  /** The true measure. */
  readonly measure: MixingMeasure;
  /** Where the inputs come from. */
  readonly inputs: Inputs;
  /** How a response comes from the measure. */
  readonly noise: Noise;
  /** Number of rows. Default with given rows: all of them. */
  readonly n?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Added to every expert's output, a number per row; for noise of `experts`. Default 0. */
  readonly offset?: ArrayLike<number>;
  /** Of a binomial family: how many trials each response is out of. Default 1 each. */
  readonly trials?: ArrayLike<number>;
  /**
   * Which rows belong together, as those of one person: an identifier per row. They have the expert that was drawn for the
   * first of them. Default: every row for itself.
   */
  readonly groups?: ArrayLike<string | number>;
}

/** What was drawn; a sample for the estimators. */
export interface Simulation {
  /** [n, D]. */
  readonly inputs: number[][];
  /** n numbers; of `classes`, the class from 0. */
  readonly response: number[];
  /** Of a measure with covariances, the responses after the first. */
  readonly moreResponses?: readonly { readonly name: string; readonly values: number[] }[];
  /** The expert from 0 that each row was drawn from; absent for `regression`. */
  readonly components?: number[];
  /** x1, x2, ... */
  readonly inputNames: readonly string[];
  /** y, of several y1. */
  readonly responseName: string;
  /** What it was drawn from. */
  readonly measure: MixingMeasure;
  /** The seed that it was drawn with. */
  readonly seed: number;
}

/** Rows at a time, so that the intermediate arrays stay small. */
const CHUNK = 2048;

/**
 * Simulated data: rows of inputs and a response, drawn from a mixing measure.
 *
 * Every gate and expert with a definition will do: softmax, temperature, any router, hierarchical, sigmoid, top-K. The
 * numbers of row i come from `stream(seed, 'simulate', i)` alone, so that the first n rows of a longer simulation are the
 * shorter one, whatever drew them; with `grid` inputs only the noise is, as the grid itself moves.
 *
 * Top-K selects as its gate says: by the full logit, or by $\beta_1^\top x$ alone with `biasInSelection: false`, which is
 * the model of Nguyen et al. (2024), arXiv:2309.13850.
 *
 * @throws MoeError if the gate's weights are not probabilities where an expert is to be drawn, or numbers overflow
 */
export function simulate(options: SimulateOptions): Simulation {
  const who = 'simulate';
  expectKnownOptions(who, options, ['measure', 'inputs', 'noise', 'n', 'seed', 'offset', 'trials', 'groups']);
  const measure = mixingMeasure(options.measure);
  const n = expectInteger(who, 'n', options.n ?? givenRows(options.inputs)?.length, { min: 1 });
  const seed = expectNumber(who, 'seed', options.seed ?? 0);
  const rowOf = inputRows(options.inputs, measure.inputDim, n);
  const { offset, trials, groups } = options;
  for (const [name, column] of Object.entries({ offset, trials }))
    if (column !== undefined && column?.length !== n)
      throw new MoeError(who, `${name} must have ${n} numbers, one per row`, column?.length);
  if (groups !== undefined && groups?.length !== n)
    throw new MoeError(who, `groups must have ${n} identifiers, one per row`, groups?.length);
  const answers = respond(measure, options.noise, { offset, trials, groups });

  const inputs: number[][] = [];
  const response: number[] = [];
  const more: number[][] = [];
  const components: number[] = [];
  for (let start = 0; start < n; start += CHUNK) {
    const size = Math.min(CHUNK, n - start);
    const random = Array.from({ length: size }, (_, i) => stream(seed, 'simulate', start + i));
    const rows = random.map((source, i) => rowOf(start + i, source));
    const drawn = answers(rows, random, start);
    for (const column of [drawn.response, ...(drawn.moreResponses ?? [])]) {
      const bad = column.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new MoeError(who, `the response of row ${start + bad} is not finite`, column[bad]);
    }
    inputs.push(...rows);
    response.push(...drawn.response);
    drawn.moreResponses?.forEach((column, j) => {
      more[j] ??= [];
      more[j].push(...column);
    });
    components.push(...(drawn.components ?? []));
  }
  return {
    inputs,
    response,
    ...(components.length > 0 && { components }),
    inputNames: Array.from({ length: measure.inputDim }, (_, d) => `x${d + 1}`),
    responseName: more.length > 0 ? 'y1' : 'y',
    ...(more.length > 0 && {
      moreResponses: more.map((values, j) => ({ name: `y${j + 2}`, values })),
    }),
    measure,
    seed,
  };
}

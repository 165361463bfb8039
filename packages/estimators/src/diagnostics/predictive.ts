import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import {
  evaluated,
  type Family,
  getFamily,
  lawOfWeights,
  type MixingMeasure,
  type ResponseLaw,
  type Rows,
} from '@tfjs-moe/measures';
import { expectFit, expectOneResponse } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { rowsByUnit } from '../sample.ts';

/** What belongs to rows besides their inputs, of families that ask for it. */
export interface RowOptions {
  /** Added to every expert's output, one number per row. Default 0. */
  readonly offset?: ArrayLike<number> | undefined;
  /** Of a binomial response, one number per row. Default 1. */
  readonly trials?: ArrayLike<number> | undefined;
}

/** The law of the response that a fit predicts at given inputs, row by row. */
export interface Predictive {
  readonly family: Family;
  readonly n: number;
  readonly experts: number;
  /** $g_e(x_i)$, [n, experts] in row-major order. */
  readonly weights: Float64Array;
  /** $h_e(x_i)$, offset included, [n, experts, units]. */
  readonly outputs: Float64Array;
  readonly units: number;
  /** $\varphi_e$; 1 of a family without one. */
  readonly dispersions: readonly number[];
  readonly trials: ArrayLike<number> | undefined;
}

/**
 * The law of the response that a fit predicts at given inputs, row by row: mixture weights, and outputs with what the
 * family makes a law of.
 */
export function predictive(
  who: string,
  fit: MaximumLikelihoodFit,
  rows: Rows,
  options: RowOptions = {},
): Predictive {
  expectFit(who, fit);
  return predictiveOf(who, { measure: fit.measure, family: getFamily(fit.family, who) }, rows, options);
}

/** The same of a measure, whoever fitted it. */
export function predictiveOf(
  who: string,
  { measure, family }: { readonly measure: MixingMeasure; readonly family: Family },
  rows: Rows,
  { offset, trials }: RowOptions,
): Predictive {
  expectOneResponse(who, measure);
  const { experts, units = 1, dispersions = [] } = measure;
  const { n, weights, outputs } = evaluated(who, measure, rows, 'both');
  expectBeside(who, family, { offset, trials }, n);
  if (offset !== undefined)
    for (let place = 0; place < outputs.length; place++)
      outputs[place] = outputs[place]! + offset[Math.floor(place / (experts * units))]!;
  return {
    family,
    n,
    experts,
    weights: lawOfWeights(measure, weights),
    outputs,
    units,
    dispersions: Array.from({ length: experts }, (_, e) => dispersions[e] ?? dispersions[0] ?? 1),
    trials,
  };
}

/** The names of `RowOptions`, checked. */
export function expectRowOptions(who: string, options: RowOptions): RowOptions {
  expectKnownOptions(who, options, ['offset', 'trials']);
  return options;
}

/** Refuses offsets and trials that a family does not have, and numbers that are none. */
function expectBeside(who: string, family: Family, { offset, trials }: RowOptions, n: number): void {
  if (offset !== undefined && family.isClass === true)
    throw new MoeError(
      who,
      'classes have no offset: added to the outputs of all, it changes nothing',
      family.kind,
    );
  if (trials !== undefined && family.hasTrials !== true)
    throw new MoeError(who, 'trials are of a family that has them, as binomial', family.kind);
  expectNumbers(who, 'offset', offset, n, 'finite numbers', Number.isFinite);
  expectNumbers(
    who,
    'trials',
    trials,
    n,
    'integers of at least 1',
    (value) => Number.isSafeInteger(value) && value >= 1,
  );
}

function expectNumbers(
  who: string,
  name: string,
  given: ArrayLike<number> | undefined,
  n: number,
  rule: string,
  isGood: (value: number) => boolean,
): void {
  if (given === undefined) return;
  if (given?.length !== n) throw new MoeError(who, `${name} must have ${n} numbers`, given?.length);
  const bad = Array.from(given).findIndex((value) => !isGood(value));
  if (bad >= 0) throw new MoeError(who, `${name} must hold ${rule}; row ${bad} does not`, given[bad]);
}

/** The law of one expert at a row. */
export function lawAt(of: Predictive, i: number, e: number): ResponseLaw {
  const { outputs, units, experts, dispersions, trials } = of;
  const place = (i * experts + e) * units;
  return {
    outputs: outputs.subarray(place, place + units),
    dispersion: dispersions[e]!,
    trials: trials?.[i] ?? 1,
    expert: e,
  };
}

/** $\sum_e g_e(x_i)\, a_e$ over the experts that a row is sent to: the others have no say, even where they overflow. */
export function mixed(of: Predictive, i: number, each: (law: ResponseLaw) => number): number {
  let sum = 0;
  for (let e = 0; e < of.experts; e++) {
    const weight = of.weights[i * of.experts + e]!;
    if (weight > 0) sum += weight * each(lawAt(of, i, e));
  }
  return sum;
}

/** $P(Y < y)$, $P(Y = y)$ and $P(Y > y)$ of a row. */
export function tailsAt(of: Predictive, i: number, y: number): [below: number, at: number, above: number] {
  const tails = Array.from({ length: of.experts }, (_, e) =>
    of.weights[i * of.experts + e]! > 0 ? of.family.tails(lawAt(of, i, e), y) : [0, 0, 0],
  );
  const part = (k: 0 | 1 | 2) =>
    Math.min(
      1,
      tails.reduce((sum, each, e) => sum + of.weights[i * of.experts + e]! * each[k]!, 0),
    );
  return [part(0), part(1), part(2)];
}

/**
 * $\log p(y_i \mid x_i)$ of every row, or of every group where rows are in some.
 * @param groups numbered from 0
 */
export function logDensities(of: Predictive, response: ArrayLike<number>, groups?: Int32Array): Float64Array {
  const { family, n, experts, weights, outputs, units, dispersions, trials } = of;
  const columns = family.columns(
    {
      response: Float64Array.from(response),
      trials: trials === undefined ? undefined : Float64Array.from(trials),
      weights: new Float64Array(n).fill(1),
    },
    units,
  );
  const rowsOf = rowsByUnit({ n, groups });
  const joint = Array.from({ length: experts }, (_, e) => {
    const values = Array.from({ length: units }, (_unit, u) => ({
      value: Float64Array.from({ length: n }, (_row, i) => outputs[(i * experts + e) * units + u]!),
    }));
    const room = columns.room(n, e);
    columns.evaluate(values, { first: 0, rows: n }, Math.log(dispersions[e]!), room, false, e);
    return rowsOf.map((rows) => {
      const weight = weights[rows[0]! * experts + e]!;
      return weight === 0 ? -Infinity : rows.reduce((sum, i) => sum + room.log[i]!, Math.log(weight));
    });
  });
  return Float64Array.from(rowsOf, (_, i) => {
    const largest = joint.reduce((most, column) => Math.max(most, column[i]!), -Infinity);
    if (largest === -Infinity) return -Infinity;
    return largest + Math.log(joint.reduce((sum, column) => sum + Math.exp(column[i]! - largest), 0));
  });
}

/** The probabilities of the classes of a row. */
export function classesAt(of: Predictive, i: number): number[] {
  return Array.from({ length: of.units }, (_, c) => mixed(of, i, (law) => of.family.tails(law, c)[1]));
}

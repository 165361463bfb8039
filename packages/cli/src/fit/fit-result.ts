/**
 * A fit as `moe fit --json` writes it: numbers by name, experts in canonical order.
 */
import type { Config } from '@tfjs-moe/core';
import {
  aic,
  bic,
  type CoefficientStructure,
  coefficients,
  type ErrorKind,
  icl,
  type LeastSquaresFit,
  type MaximumLikelihoodFit,
  type PenaltyOptions,
  type StartsReached,
  summary,
} from '@tfjs-moe/estimators';
import { type MeasureJson, measureToJSON } from '@tfjs-moe/measures';

/** Values by group (`expert 1`, `gate 1`) and name (`(Intercept)`, an input, `sigma`). */
export type Named<V> = Readonly<Record<string, Readonly<Record<string, V>>>>;

type Interval = readonly [low: number, high: number];

export interface LikelihoodResult {
  readonly estimator: 'maximumLikelihood';
  readonly converged: boolean;
  readonly ending: string;
  readonly logLikelihood: number;
  readonly degreesOfFreedom: number;
  readonly aic: number;
  readonly bic: number;
  readonly icl: number;
  readonly n: number;
  /** Of rows in groups: how many groups there are, and how many each expert is likeliest for. */
  readonly groups?: { readonly n: number; readonly counts: readonly number[] };
  readonly experts: number;
  /** EM and Newton together. */
  readonly iterations: number;
  readonly gradientNorm: number;
  readonly parameters: Named<number>;
  /** null where the data do not determine it; the reference of the gate has none. */
  readonly standardErrors: Named<number | null>;
  /** With `--interval`: at what level, and low and high of each; null where there is no standard error. */
  readonly intervals?: { readonly level: number; readonly values: Named<Interval | null> };
  /** What standard errors come from, and how many clusters the sandwich is robust by. */
  readonly errors: ErrorKind;
  readonly clusters?: number;
  /** Climbs, and how many of them reached the best value. */
  readonly starts: StartsReached;
  /** Share of every expert in the sample. */
  readonly shares: readonly number[];
  readonly warnings: readonly { readonly reason: string; readonly text: string }[];
  readonly family: Config;
  /** Whether the last expert says 0 and nothing else. */
  readonly zeroExpert?: boolean;
  /** How coefficients were shrunk, and the log-likelihood less that. */
  readonly penalty?: Required<PenaltyOptions>;
  readonly penalisedLogLikelihood?: number;
  /** What holds between coefficients. */
  readonly structure?: CoefficientStructure;
  readonly response: string;
  readonly inputs: readonly string[];
  readonly classes?: readonly string[];
  /** What `moe simulate` and `measureFromJSON` read. */
  readonly measure: MeasureJson;
}

export interface ResultOptions {
  readonly errors: ErrorKind;
  /** The level of the intervals, where they are asked for. */
  readonly interval?: number | undefined;
  readonly classes?: readonly string[] | undefined;
}

export function likelihoodResult(
  fit: MaximumLikelihoodFit,
  { errors, interval: level, classes }: ResultOptions,
): LikelihoodResult {
  const rows = coefficients(fit, { errors, ...(level !== undefined && { level }) });
  return {
    estimator: 'maximumLikelihood',
    converged: fit.converged,
    ending: fit.ending,
    logLikelihood: fit.logLikelihood,
    degreesOfFreedom: fit.degreesOfFreedom,
    aic: aic(fit),
    bic: bic(fit),
    icl: icl(fit),
    n: fit.n,
    ...(fit.groups !== undefined && { groups: { n: fit.groups.n, counts: fit.groups.counts } }),
    experts: fit.measure.experts,
    iterations: fit.iterations.em + fit.iterations.newton,
    gradientNorm: fit.gradientNorm,
    parameters: named(rows, ({ value }) => value),
    standardErrors: named(rows, ({ standardError }) => standardError),
    ...(level !== undefined && { intervals: { level, values: named(rows, ({ interval }) => interval) } }),
    errors,
    ...(fit.clusters !== undefined && { clusters: fit.clusters }),
    starts: summary(fit).starts,
    shares: fit.sizes.map((size) => size / fit.totalWeight),
    warnings: fit.warnings.map(({ reason, text, remedy }) => ({
      reason,
      text: remedy === undefined ? text : `${text}. ${remedy}`,
    })),
    family: fit.family,
    ...(fit.zeroExpert && { zeroExpert: true }),
    ...(fit.penalty !== undefined && {
      penalty: fit.penalty,
      penalisedLogLikelihood: fit.penalisedLogLikelihood!,
    }),
    ...(fit.structure !== undefined && { structure: fit.structure }),
    response: fit.responseName,
    inputs: fit.inputNames,
    ...(classes && { classes }),
    measure: measureToJSON(fit.measure),
  };
}

export interface LeastSquaresResult {
  readonly estimator: 'leastSquares';
  readonly converged: boolean;
  readonly ending: string;
  readonly residualSumOfSquares: number;
  readonly sigma: number;
  readonly n: number;
  readonly experts: number;
  readonly effectiveExperts: number;
  readonly iterations: number;
  readonly gradientNorm: number;
  readonly shares: readonly number[];
  /** Names of parameters that ended at an end of the parameter space. */
  readonly atBounds: readonly string[];
  readonly response: string;
  readonly inputs: readonly string[];
  readonly measure: MeasureJson;
}

export function leastSquaresResult(
  fit: LeastSquaresFit,
  { response, inputs }: { readonly response: string; readonly inputs: readonly string[] },
): LeastSquaresResult {
  return {
    estimator: 'leastSquares',
    converged: fit.converged,
    ending: fit.reason,
    residualSumOfSquares: fit.residualSumOfSquares,
    sigma: Math.sqrt(fit.sigma2),
    n: fit.fitted.length,
    experts: fit.measure.experts,
    effectiveExperts: fit.effectiveExperts,
    iterations: fit.iterations,
    gradientNorm: fit.gradientNorm,
    shares: fit.shares,
    atBounds: fit.atBounds,
    response,
    inputs,
    measure: measureToJSON(fit.measure),
  };
}

function named<T extends { readonly group: string; readonly name: string }, V>(
  rows: readonly T[],
  value: (row: T) => V,
): Named<V> {
  const groups: Record<string, Record<string, V>> = {};
  for (const row of rows) groups[row.group] = { ...groups[row.group], [row.name]: value(row) };
  return groups;
}

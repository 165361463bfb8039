import { expectInteger, expectKnownOptions, stream } from '@tfjs-moe/core';
import { getFamily } from '@tfjs-moe/measures';
import { classesAt, logDensities, mixed, type Predictive, predictive } from '../diagnostics/predictive.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import { type MaximumLikelihoodOptions, modelOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type Columns, columnsOfSample, rowsByUnit, type Sample } from '../sample.ts';
import { unitsOf } from './drawn-units.ts';

/** Options of `crossValidate`: how many folds, which fit, from which seed. */
export interface CrossValidationOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends Omit<MaximumLikelihoodOptions<GateKind, ExpertKind>, 'initial'> {
  /** Default 10, at most the number of rows or groups. */
  readonly folds?: number;
  readonly onFold?: (fold: number) => void;
}

/** One fold: the rows that were left out, and how well the fit of the others predicts them. */
export interface Fold {
  readonly rows: number;
  /** Sum of the weights, of rows or groups. */
  readonly weight: number;
  /** Mean log-likelihood of the rows, or groups, left out. */
  readonly logLikelihood: number;
  /** Mean squared error of the expected response there; of classes, the share that the likeliest class misses. */
  readonly error: number;
  readonly converged: boolean;
}

/**
 * What `crossValidate` returns: the predictive log-likelihood of rows that the fit has not seen, by fold and in all.
 */
export interface CrossValidation {
  readonly folds: readonly Fold[];
  /** Mean over the rows, or groups. */
  readonly logLikelihood: number;
  readonly error: number;
  /** Of the two means, from the spread of the folds. */
  readonly standardErrors: { readonly logLikelihood: number; readonly error: number };
}

/**
 * crossValidate: how well a model predicts rows that it was not fitted to, in k folds.
 *
 * Rows, or groups, are dealt to folds at random, the same for every model with the same seed, so that models can be compared fold by
 * fold. Of Gaussian responses it also gives the mean squared error of the predicted mean. Larger log-likelihood is better.
 *
 * Source: Stone (1974); for the number of experts, Smyth, "Model selection for probabilistic clustering using
 * cross-validated likelihood" (2000).
 */
export function crossValidate<const GateKind extends string, const ExpertKind extends string>(
  options: CrossValidationOptions<GateKind, ExpertKind>,
): CrossValidation {
  const who = 'crossValidate';
  expectKnownOptions(who, options, [...modelOptions, 'experts', 'folds', 'onFold']);
  const { folds: given, onFold, ...model } = options;
  const { columns, units, folds: dealt } = dealtRows(who, model.data, given, model.seed);
  const { response } = columns;
  const { length: count } = dealt;
  const classes =
    getFamily(model.family ?? 'gaussian', who).isClass === true
      ? (model.classes ?? 1 + response.reduce((a, b) => Math.max(a, b), 0))
      : undefined;
  const folds = dealt.map(({ out, kept }, fold): Fold => {
    const fit = fitMaximumLikelihood({
      ...model,
      ...(classes !== undefined && { classes }),
      data: unitsOf(model.data, units, kept),
    });
    const left = unitsOf(model.data, units, out);
    const { law, logs } = unseen(who, fit, left);
    const byGroup = Float64Array.from(out, (unit) => columns.weights[units[unit]![0]!]!);
    const weights = Float64Array.from(left.response, (_, i) => left.weights?.[i] ?? 1);
    onFold?.(fold);
    return {
      rows: left.response.length,
      weight: byGroup.reduce((sum, w) => sum + w, 0),
      logLikelihood: meanOf(byGroup, (i) => logs[i]!),
      error: meanOf(weights, (i) => errorOf(law, i, left.response[i]!)),
      converged: fit.converged,
    };
  });
  const total = folds.reduce((sum, { weight }) => sum + weight, 0);
  const overall = (key: 'logLikelihood' | 'error') =>
    folds.reduce((sum, fold) => sum + fold.weight * fold[key], 0) / total;
  const [logLikelihood, error] = [overall('logLikelihood'), overall('error')];
  const spreadOf = (key: 'logLikelihood' | 'error', mean: number) =>
    Math.sqrt(folds.reduce((sum, fold) => sum + (fold[key] - mean) ** 2, 0) / (count * (count - 1)));
  return {
    folds,
    logLikelihood,
    error,
    standardErrors: {
      logLikelihood: spreadOf('logLikelihood', logLikelihood),
      error: spreadOf('error', error),
    },
  };
}

/** Rows, or groups, dealt to folds at random. */
export function dealtRows(who: string, data: Sample, given: number | undefined, seed = 0): Dealt {
  const columns = columnsOfSample(who, data, 'data');
  const units = rowsByUnit(columns);
  const { length: n } = units;
  const count = expectInteger(who, 'folds', given ?? Math.min(10, n), {
    min: 2,
    max: n,
    maxName: `the number of ${columns.groups === undefined ? 'rows' : 'groups'} (${n})`,
  });
  const order = stream(seed, 'folds').permutation(n);
  return {
    columns,
    units,
    folds: Array.from({ length: count }, (_, fold) => ({
      out: order.filter((_row, i) => i % count === fold),
      kept: order.filter((_row, i) => i % count !== fold),
    })),
  };
}

/** A sample with its units, rows or groups, and those that each fold leaves out and keeps. */
export interface Dealt {
  readonly columns: Columns;
  readonly units: readonly (readonly number[])[];
  readonly folds: readonly { readonly out: Uint32Array; readonly kept: Uint32Array }[];
}

/** The law that a fit has for rows that it has not seen, and the logarithms of their densities. */
export function unseen(
  who: string,
  fit: MaximumLikelihoodFit,
  left: Sample,
): { readonly law: Predictive; readonly logs: Float64Array } {
  const law = predictive(who, fit, left.inputs, left);
  return { law, logs: logDensities(law, left.response, columnsOfSample(who, left).groups) };
}

/** A mean by weight. */
export function meanOf(weights: Float64Array, of: (i: number) => number): number {
  const weight = weights.reduce((sum, w) => sum + w, 0);
  return weight === 0 ? 0 : weights.reduce((sum, w, i) => sum + (w > 0 ? w * of(i) : 0), 0) / weight;
}

function errorOf(law: Predictive, i: number, y: number): number {
  const { family } = law;
  if (family.isClass !== true) return (y - mixed(law, i, (each) => family.mean(each))) ** 2;
  const chances = classesAt(law, i);
  return chances.indexOf(Math.max(...chances)) === y ? 0 : 1;
}

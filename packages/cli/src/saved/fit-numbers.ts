import { createHash } from 'node:crypto';
import { MoeError } from '@tfjs-moe/core';
import {
  aic,
  bic,
  icl,
  type LeastSquaresFit,
  type MaximumLikelihoodFit,
  type Sample,
} from '@tfjs-moe/estimators';

/** What `moe fit --save` keeps of a maximum-likelihood fit beside its measure, so that fits can be compared. */
export interface LikelihoodNumbers {
  readonly estimator: 'maximum likelihood';
  readonly converged: boolean;
  readonly logLikelihood: number;
  readonly degreesOfFreedom: number;
  readonly aic: number;
  readonly bic: number;
  readonly icl: number;
  readonly n: number;
  readonly totalWeight: number;
  /** How many groups the rows are in, where they are. */
  readonly groups?: number;
  /** Of responses, weights and trials, in any order of rows: fits of other responses have no likelihoods to compare. */
  readonly sample: string;
}

/** The same of least squares, which have no likelihood. */
export interface SquaresNumbers {
  readonly estimator: 'least squares';
  readonly converged: boolean;
  readonly residualSumOfSquares: number;
  readonly n: number;
  readonly sample: string;
}

export type FitNumbers = LikelihoodNumbers | SquaresNumbers;

/** @param sample what was fitted */
export function fitNumbers(
  fit: MaximumLikelihoodFit | LeastSquaresFit,
  {
    response,
    moreResponses = [],
    weights = [],
    trials = [],
  }: Pick<Sample, 'response' | 'moreResponses' | 'weights' | 'trials'>,
): FitNumbers {
  const hash = createHash('sha256');
  // Each in order of size: which row is the first decides nothing.
  const more = moreResponses.map(({ values }) => values);
  for (const column of [response, weights, trials, ...more]) hash.update(Float64Array.from(column).sort());
  const sample = hash.digest('hex').slice(0, 16);
  const { converged } = fit;
  if (!('estimator' in fit)) {
    const { residualSumOfSquares } = fit;
    return { estimator: 'least squares', converged, residualSumOfSquares, n: response.length, sample };
  }
  const { estimator, logLikelihood, degreesOfFreedom, n, totalWeight, groups } = fit;
  return {
    ...{ estimator, converged, logLikelihood, degreesOfFreedom },
    ...{ aic: aic(fit), bic: bic(fit), icl: icl(fit), n, totalWeight },
    ...(groups !== undefined && { groups: groups.n }),
    sample,
  };
}

const needed = {
  'maximum likelihood': ['logLikelihood', 'degreesOfFreedom', 'aic', 'bic', 'icl', 'n', 'totalWeight'],
  'least squares': ['residualSumOfSquares', 'n'],
} as const;

/**
 * Numbers that were saved, believed only where they are all there.
 * @returns nothing where the file has none, as those of earlier versions and of `measureToJSON`
 * @throws MoeError that names the number that is wrong
 */
export function expectFitNumbers(who: string, value: unknown, file: string): FitNumbers | undefined {
  if (value === undefined) return undefined;
  const refuse = (rule: string, received: unknown) =>
    new MoeError(who, `fit in ${file} must be what moe fit --save wrote: ${rule}`, received);
  if (typeof value !== 'object' || value === null) throw refuse('an object', value);
  const fields = value as Readonly<Record<string, unknown>>;
  const { estimator, converged, sample, groups } = fields;
  if (estimator !== 'maximum likelihood' && estimator !== 'least squares')
    throw refuse('estimator must be maximum likelihood or least squares', estimator);
  if (typeof converged !== 'boolean') throw refuse('converged must be true or false', converged);
  if (typeof sample !== 'string') throw refuse('sample must be a text', sample);
  const names = [...needed[estimator], ...(groups === undefined ? [] : ['groups'])];
  const bad = names.find((name) => !Number.isFinite(fields[name]));
  if (bad !== undefined) throw refuse(`${bad} must be a finite number`, fields[bad]);
  return value as FitNumbers;
}

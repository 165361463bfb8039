import {
  type CrossValidatedPath,
  crossValidatePath,
  type MaximumLikelihoodOptions,
} from '@tfjs-moe/estimators';
import { textTable } from '../report/text-table.ts';
import type { PenaltyWords } from './penalty-words.ts';

/** The strengths that were tried, and which was taken. */
export interface ShrunkPath {
  readonly path: CrossValidatedPath;
  readonly taken: number;
}

/** A path whose strength cross-validation chooses. */
export function shrunkPath(
  model: MaximumLikelihoodOptions,
  { alpha, gate, strength, folds }: PenaltyWords,
  onFold: (fold: number) => void,
): ShrunkPath {
  const { onProgress: _unused, initial: _none, penalty: _other, ...rest } = model;
  const path = crossValidatePath({
    ...rest,
    penalty: { alpha, gate },
    ...(folds !== undefined && { folds }),
    onFold,
  });
  return { path, taken: strength === 'min' ? path.best : path.strongest };
}

/** The strengths with what cross-validation says of each, for --json. */
export function shrunkPathResult({ path, taken }: ShrunkPath): object {
  const lambdas = path.fits.map(({ penalty }) => penalty!.lambda);
  return {
    taken: lambdas[taken],
    min: lambdas[path.best],
    '1se': lambdas[path.strongest],
    strengths: path.fits.map(({ logLikelihood, degreesOfFreedom }, i) => ({
      lambda: lambdas[i],
      logLikelihood,
      degreesOfFreedom,
      crossValidated: path.logLikelihoods[i],
      standardError: path.standardErrors[i],
    })),
  };
}

/** The same as a table. */
export function shrunkPathText({ path, taken }: ShrunkPath): string {
  const marks = (i: number) =>
    [
      ...(i === path.best ? ['min'] : []),
      ...(i === path.strongest ? ['1se'] : []),
      ...(i === taken ? ['*'] : []),
    ].join(' ');
  return textTable([
    ['lambda', 'df', 'log Lik.', 'unseen', 'Std. Error', ''],
    ...path.fits.map(({ penalty, degreesOfFreedom, logLikelihood }, i) => [
      penalty!.lambda.toPrecision(4),
      degreesOfFreedom.toFixed(2),
      logLikelihood.toFixed(3),
      path.logLikelihoods[i]!.toFixed(4),
      path.standardErrors[i]!.toFixed(4),
      marks(i),
    ]),
  ]);
}

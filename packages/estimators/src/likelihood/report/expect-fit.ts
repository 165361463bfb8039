import { MoeError } from '@tfjs-moe/core';
import { getFamily, type MixingMeasure } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from './fit.ts';

/**
 * Refuses what is no fit by maximum likelihood.
 * @throws MoeError
 */
export function expectFit(who: string, fit: Pick<MaximumLikelihoodFit, 'estimator'>, name = 'fit'): void {
  if (fit?.estimator === 'maximum likelihood') return;
  throw new MoeError(
    who,
    name === 'fit'
      ? 'the fit must come from fitMaximumLikelihood'
      : `${name} must be a fit of fitMaximumLikelihood`,
    fit,
  );
}

/**
 * Refuses a fit whose estimates are shrunk, for what rests on the law that estimates have without.
 * @param what it has none of
 */
export function expectUnpenalised(
  who: string,
  { penalty }: Pick<MaximumLikelihoodFit, 'penalty'>,
  what: string,
): void {
  if (penalty !== undefined)
    throw new MoeError(
      who,
      `a fit with a penalty has no ${what}: its estimates are biased on purpose`,
      penalty,
    );
}

/** Whether a fit's responses are classes, so that it says probabilities where others say a number. */
export function isOfClasses(fit: MaximumLikelihoodFit): boolean {
  return getFamily(fit.family).isClass === true;
}

/** Refuses a measure of several responses, for what is asked of one. */
export function expectOneResponse(who: string, { covariances, units }: MixingMeasure): void {
  if (covariances === undefined) return;
  throw new MoeError(who, 'the fit must be of one response: of several there is no answer here', units);
}

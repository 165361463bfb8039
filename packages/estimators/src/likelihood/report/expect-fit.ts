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

/** Whether a fit's responses are classes, so that it says probabilities where others say a number. */
export function isOfClasses(fit: MaximumLikelihoodFit): boolean {
  return getFamily(fit.family).isClass === true;
}

/** Refuses a measure of several responses, for what is asked of one. */
export function expectOneResponse(who: string, { covariances, units }: MixingMeasure): void {
  if (covariances === undefined) return;
  throw new MoeError(who, 'the fit must be of one response: of several there is no answer here', units);
}

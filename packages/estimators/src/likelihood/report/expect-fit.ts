import { MoeError } from '@tfjs-moe/core';
import { getFamily } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from './fit.ts';

/**
 * Refuses what is no fit by maximum likelihood.
 * @throws MoeError
 */
export function expectFit(who: string, fit: MaximumLikelihoodFit): void {
  if (fit?.estimator === 'maximum likelihood') return;
  throw new MoeError(who, 'the fit must come from fitMaximumLikelihood', fit);
}

/** Whether a fit's responses are classes, so that it says probabilities where others say a number. */
export function isOfClasses(fit: MaximumLikelihoodFit): boolean {
  return getFamily(fit.family).isClass === true;
}

import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from './fit.ts';

/**
 * Refuses what is no fit by maximum likelihood.
 * @throws MoeError
 */
export function expectFit(who: string, fit: MaximumLikelihoodFit): void {
  if (fit?.estimator === 'maximum likelihood') return;
  throw new MoeError(who, 'the fit must come from fitMaximumLikelihood', fit);
}

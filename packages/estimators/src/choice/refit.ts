import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import type { MaximumLikelihoodOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { modelOf } from '../model-of.ts';
import type { Sample } from '../sample.ts';

/** The options that make a fit again, without its data and start. */
export type RefitOptions = Pick<
  MaximumLikelihoodOptions,
  'tolerance' | 'maxIterations' | 'minVariance' | 'starts' | 'seed'
>;

/**
 * Fits of the same model to other samples: what the bootstrap and cross-validation are made of.
 *
 * Refitted from the fit's own parameters, and from further starts where `starts` is above 1.
 */
export function refit(
  fit: MaximumLikelihoodFit,
  data: Sample,
  options: RefitOptions = {},
): MaximumLikelihoodFit {
  return fitMaximumLikelihood({ ...modelOf(fit, data), initial: { measure: fit.measure }, ...options });
}

/**
 * Information criteria, smaller is better: what one more expert has to gain to be worth its parameters.
 *
 * $\mathrm{AIC} = -2\ell + 2p$ (Akaike, 1974), $\mathrm{BIC} = -2\ell + p\log n$ (Schwarz, 1978), $\mathrm{ICL} =
 * \mathrm{BIC} + 2 \sum_i w_i \mathcal{H}(r_i)$ with the entropy of the responsibilities (Biernacki, Celeux and Govaert, 2000),
 * which asks for experts that can be told apart. n is the sum of the weights, of rows or, where rows are in groups, of groups.
 */
import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** What criteria need of a fit. */
export type Fitted = Pick<
  MaximumLikelihoodFit,
  'logLikelihood' | 'degreesOfFreedom' | 'totalWeight' | 'entropy' | 'groups'
>;

/** Akaike's criterion, $-2\ell + 2p$: for prediction, and large models. */
export function aic(fit: Fitted): number {
  const { logLikelihood, degreesOfFreedom } = numbersOf('aic', fit, 'logLikelihood', 'degreesOfFreedom');
  return -2 * logLikelihood + 2 * degreesOfFreedom;
}

/** Schwarz's criterion, $-2\ell + p\log n$: for the number of experts that the data were drawn with. */
export function bic(fit: Fitted): number {
  return bicOf('bic', fit);
}

function bicOf(who: string, fit: Fitted): number {
  const { logLikelihood, degreesOfFreedom, totalWeight } = numbersOf(
    who,
    fit,
    'logLikelihood',
    'degreesOfFreedom',
    'totalWeight',
  );
  return -2 * logLikelihood + degreesOfFreedom * Math.log(fit.groups?.totalWeight ?? totalWeight);
}

/** BIC plus twice the entropy of the responsibilities: for experts that can be told apart, as clusters are. */
export function icl(fit: Fitted): number {
  const { entropy } = numbersOf('icl', fit, 'entropy');
  return bicOf('icl', fit) + 2 * entropy;
}

function numbersOf<Name extends Exclude<keyof Fitted, 'groups'>>(
  who: string,
  fit: Fitted,
  ...names: readonly Name[]
): Pick<Fitted, Name> {
  const missing = names.find((name) => typeof fit?.[name] !== 'number');
  if (missing === undefined) return fit;
  throw new MoeError(who, `the fit must have the number ${missing}`, fit);
}

import { MoeError } from '@tfjs-moe/core';
import { getFamily } from '@tfjs-moe/measures';
import { incompleteGamma } from '@tfjs-moe/numerics';
import { expectFit, expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** What `likelihoodRatioTest` needs of a fit: one of `fitMaximumLikelihood`, or what was kept of it. */
export interface Maximum
  extends Pick<
      MaximumLikelihoodFit,
      'estimator' | 'n' | 'totalWeight' | 'responseName' | 'logLikelihood' | 'degreesOfFreedom' | 'penalty'
    >,
    Partial<Pick<MaximumLikelihoodFit, 'family' | 'responseNames'>> {
  readonly measure: Pick<MaximumLikelihoodFit['measure'], 'experts'>;
}

/** What `likelihoodRatioTest` says. */
export interface LikelihoodRatioTest {
  /** $2 (\ell_1 - \ell_0)$. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Of the chi-squared law. */
  readonly pValue: number;
}

/**
 * likelihoodRatioTest: whether a model within another one is enough, $2(\ell_1 - \ell_0)$ against the chi-squared law with
 * as many degrees of freedom as the larger model has more (Wilks, 1938). Stata: `lrtest`; R: `lmtest::lrtest`.
 *
 * Both fits must be of the same rows and the same number of experts; that one lies within the other (fewer inputs of a
 * gate, a common variance for own ones) is for the caller to know. Of numbers of experts the law does not hold: take
 * `testExperts`.
 * @throws MoeError where the fits are of other samples, other numbers of experts, or in the wrong order
 */
export function likelihoodRatioTest(fit: Maximum, larger: Maximum): LikelihoodRatioTest {
  const who = 'likelihoodRatioTest';
  expectFit(who, fit);
  expectFit(who, larger, 'larger');
  for (const each of [fit, larger]) expectUnpenalised(who, each, 'likelihood ratio with a known law');
  const { experts } = fit.measure;
  if (larger.measure.experts !== experts)
    throw new MoeError(
      who,
      `both fits must have ${experts} experts; take testExperts`,
      larger.measure.experts,
    );
  for (const name of ['n', 'totalWeight', 'responseName'] as const) {
    if (fit[name] !== larger[name])
      throw new MoeError(who, `both fits must be of one sample, with ${name} ${fit[name]}`, larger[name]);
  }
  const names = [fit, larger].map(({ responseNames }) => JSON.stringify(responseNames));
  if (names[0] !== names[1])
    throw new MoeError(who, 'both fits must explain the same responses together', larger.responseNames);
  const [own, other] = [fit, larger].map(({ family }) => family && getFamily(family).isDiscrete);
  if (own !== undefined && other !== undefined && own !== other)
    throw new MoeError(
      who,
      'both fits must be of probabilities, or both of densities: no ratio compares one with the other',
      larger.family,
    );
  const degreesOfFreedom = larger.degreesOfFreedom - fit.degreesOfFreedom;
  if (!(degreesOfFreedom > 0))
    throw new MoeError(who, 'the second fit must have more degrees of freedom', larger.degreesOfFreedom);
  const statistic = 2 * (larger.logLikelihood - fit.logLikelihood);
  if (statistic < -1e-6 * Math.abs(fit.logLikelihood))
    throw new MoeError(who, 'the second fit must not end below the first', larger.logLikelihood);
  const square = Math.max(0, statistic);
  return {
    statistic: square,
    degreesOfFreedom,
    pValue: incompleteGamma(degreesOfFreedom / 2, square / 2)[1],
  };
}

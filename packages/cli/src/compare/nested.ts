import { restated } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type LikelihoodRatioTest, likelihoodRatioTest } from '@tfjs-moe/estimators';
import type { LikelihoodNumbers } from '../saved/fit-numbers.ts';
import { isSameSample } from './comparison.ts';
import type { ComparedFit } from './saved-fit.ts';

/** A fit against the next, within which the user says that it lies. */
export interface NestedTest extends LikelihoodRatioTest {
  readonly smaller: string;
  readonly larger: string;
}

/**
 * Every fit against the next.
 * @throws MoeError where the chi-squared law says nothing of a pair
 */
export function nestedTests(who: string, fits: readonly ComparedFit[]): NestedTest[] {
  return fits.slice(1).map((larger, i) => testOf(who, fits[i]!, larger));
}

function testOf(who: string, smaller: ComparedFit, larger: ComparedFit): NestedTest {
  const pair = `${smaller.file} within ${larger.file}`;
  for (const { file, numbers } of [smaller, larger]) {
    if (numbers?.estimator !== 'maximum likelihood')
      throw new MoeError(who, '--nested needs the log-likelihood of every fit', file);
  }
  const [few, many] = [smaller.measure.experts, larger.measure.experts];
  if (few !== many)
    throw new MoeError(
      who,
      `--nested needs fits with one number of experts, since of more the chi-squared law does not hold; moe test is for them`,
      `${pair}, ${few} and ${many} experts`,
    );
  if (!isSameSample(smaller, larger))
    throw new MoeError(who, '--nested needs fits of the same responses', pair);
  if (smaller.isDiscrete !== larger.isDiscrete)
    throw new MoeError(who, '--nested needs probabilities or densities of both fits, not one of each', pair);
  // Of one sample; sums of weights in another order of rows differ by rounding.
  const { totalWeight } = smaller.numbers as LikelihoodNumbers;
  const maximum = ({ measure, numbers, response = '' }: ComparedFit) => {
    const { estimator, n, logLikelihood, degreesOfFreedom } = numbers as LikelihoodNumbers;
    return { estimator, measure, responseName: response, n, totalWeight, logLikelihood, degreesOfFreedom };
  };
  try {
    const test = likelihoodRatioTest(maximum(smaller), maximum(larger));
    return { smaller: smaller.file, larger: larger.file, ...test };
  } catch (error) {
    if (!(error instanceof MoeError)) throw error;
    throw restated(error, who, (said) => `${pair}: ${said}`);
  }
}

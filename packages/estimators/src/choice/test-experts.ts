import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import { modelOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type ExpertsTestModel, partsOfTest } from './experts-test-parts.ts';

/** Options of `testExperts`: the model, the two numbers of experts, and how many replicates from which seed. */
export interface TestExpertsOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends ExpertsTestModel<GateKind, ExpertKind> {
  /** Default 99. */
  readonly replicates?: number;
  /** The first replicate's number, for a worker that does a part. Default 0. */
  readonly first?: number;
  readonly onReplicate?: (index: number, statistic: number) => void;
}

/** What `testExperts` returns: the likelihood ratio, its law under the hypothesis, and how often it is as large there. */
export interface ExpertsTest {
  readonly experts: number;
  readonly against: number;
  /** $2 (\ell_{k'} - \ell_k)$ of the sample. */
  readonly statistic: number;
  /** $(1 + \#\{T_b \ge T\}) / (1 + B)$: never 0, and right at every number of replicates. */
  readonly pValue: number;
  /** The statistics $T_b$ of samples drawn from the smaller fit, in their order. */
  readonly replicates: readonly number[];
  /** Replicates of which a fit did not converge to a proper maximum, as surplus experts often do not; they count. */
  readonly unconverged: number;
  readonly fit: MaximumLikelihoodFit;
  readonly larger: MaximumLikelihoodFit;
}

/**
 * testExperts: whether k experts are enough, by the likelihood ratio against more of them and its law under the
 * hypothesis, which is found by simulation: under it the parameters of the surplus expert are not identified, so that the
 * chi-squared law does not hold.
 *
 * Each replicate draws responses from the fit with k experts, at the same inputs (offsets and groups), one each time that a row
 * counts, and fits
 * both numbers of experts to them, the larger one from all its starts. It depends on the seed and its own number alone:
 * any split among workers gives the same statistics, and `expertsTestParts` shares them without fitting the sample again.
 *
 * Source: McLachlan, "On Bootstrapping the Likelihood Ratio Test Statistic for the Number of Components in a Normal Mixture"
 * (1987); McLachlan and Peel, "Finite Mixture Models" (2000), section 6.4. R: `mixtools::boot.comp`, `mclust::mclustBootstrapLRT`.
 * @throws MoeError for wrong options, and where the larger fit ends below the smaller one: raise `starts`
 */
export function testExperts<const GateKind extends string, const ExpertKind extends string>(
  options: TestExpertsOptions<GateKind, ExpertKind>,
): ExpertsTest {
  const who = 'testExperts';
  const own = ['experts', 'against', 'replicates', 'first', 'onReplicate'];
  expectKnownOptions(who, options, [...modelOptions, ...own]);
  const { replicates: count = 99, first = 0, onReplicate, ...model } = options;
  expectInteger(who, 'replicates', count, { min: 1 });
  expectInteger(who, 'first', first, { min: 0 });
  const { experts, against, fit, observed, replicate } = partsOfTest(who, model);
  const { larger, statistic } = observed();
  let unconverged = 0;
  const replicates = Array.from({ length: count }, (_, b) => {
    const index = first + b;
    const found = replicate(index);
    if (!found.converged) unconverged++;
    onReplicate?.(index, found.statistic);
    return found.statistic;
  });
  const asLarge = replicates.filter((one) => one >= statistic).length;
  return {
    experts,
    against,
    statistic,
    pValue: (1 + asLarge) / (1 + count),
    replicates,
    unconverged,
    fit,
    larger,
  };
}

import {
  expectExperts,
  expectInteger,
  expectKnownOptions,
  getExpert,
  getGate,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { simulateResponse } from '../diagnostics/simulate-response.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import { type MaximumLikelihoodOptions, modelOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { refit } from './refit.ts';

/** Options of `testExperts`: the model, the two numbers of experts, and how many replicates from which seed. */
export interface TestExpertsOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends Omit<MaximumLikelihoodOptions<GateKind, ExpertKind>, 'initial'> {
  /** The number of experts under the hypothesis is `experts`; against it stands this larger one. Default `experts + 1`. */
  readonly against?: number;
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
 * Each replicate draws responses from the fit with k experts, at the same inputs (weights, offsets and groups), and fits
 * both numbers of experts to them, the larger one from all its starts. It depends on the seed and its own number alone:
 * any split among workers gives the same statistics, and `(1 + count) / (1 + B)` of all of them is the p value.
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
  const { experts, against: given, replicates: count = 99, first = 0, onReplicate, ...rest } = options;
  expectExperts(who, 'experts', experts);
  const against = expectInteger(who, 'against', given ?? experts + 1, { min: experts + 1 });
  expectInteger(who, 'replicates', count, { min: 1 });
  expectInteger(who, 'first', first, { min: 0 });
  const model = {
    ...rest,
    gate: getGate(rest.gate, `${who}: gate`),
    expert: getExpert(rest.expert, `${who}: expert`),
  };
  const fit = fitMaximumLikelihood({ ...model, experts });
  const larger = fitMaximumLikelihood({ ...model, experts: against });
  const statistic = 2 * (larger.logLikelihood - fit.logLikelihood);
  // Both maxima are found to rounding.
  if (statistic < -1e-6 * Math.abs(fit.logLikelihood)) {
    const message = `the fit with ${against} experts must not end below that with ${experts}; raise starts`;
    throw new MoeError(who, message, larger.logLikelihood);
  }
  const { data, seed = 0 } = model;
  const again = {
    seed,
    ...(rest.starts !== undefined && { starts: rest.starts }),
    ...(rest.tolerance !== undefined && { tolerance: rest.tolerance }),
    ...(rest.maxIterations !== undefined && { maxIterations: rest.maxIterations }),
    ...(rest.minVariance !== undefined && { minVariance: rest.minVariance }),
  };
  let unconverged = 0;
  const replicates = Array.from({ length: count }, (_, b) => {
    const index = first + b;
    const response = simulateResponse(fit, data.inputs, stream(seed, 'test of experts', index), data);
    const drawn = { ...data, response };
    const small = refit(fit, drawn, again);
    const large = fitMaximumLikelihood({ ...model, data: drawn, experts: against });
    if (!small.converged || !large.converged) unconverged++;
    const found = Math.max(0, 2 * (large.logLikelihood - small.logLikelihood));
    onReplicate?.(index, found);
    return found;
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

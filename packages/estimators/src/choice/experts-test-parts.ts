import {
  expectExperts,
  expectInteger,
  expectKnownOptions,
  getExpert,
  getGate,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { getFamily } from '@tfjs-moe/measures';
import { simulatedSample } from '../diagnostics/simulate-response.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import { type MaximumLikelihoodOptions, modelOptions } from '../likelihood/problem/options.ts';
import { expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { columnsOfSample } from '../sample.ts';
import { eachObserved } from './drawn-units.ts';
import { refit } from './refit.ts';

/** The model of a test of numbers of experts, and the two numbers. */
export interface ExpertsTestModel<GateKind extends string = string, ExpertKind extends string = string>
  extends Omit<MaximumLikelihoodOptions<GateKind, ExpertKind>, 'initial'> {
  /** The number of experts under the hypothesis is `experts`; against it stands this larger one. Default `experts + 1`. */
  readonly against?: number;
}

/** One sample under the hypothesis. */
export interface ExpertsReplicate {
  /** $T_b$, the likelihood ratio. */
  readonly statistic: number;
  /** Whether both fits converged to a proper maximum, which surplus experts often do not. */
  readonly converged: boolean;
}

/** What `testExperts` consists of. */
export interface ExpertsTestParts {
  readonly experts: number;
  readonly against: number;
  /** With the smaller number of experts: what replicates are drawn from. */
  readonly fit: MaximumLikelihoodFit;
  /**
   * The larger fit, and the likelihood ratio of the sample.
   * @throws MoeError where it ends below the smaller one: raise `starts`
   */
  observed(): { readonly larger: MaximumLikelihoodFit; readonly statistic: number };
  /** The likelihood ratio of one sample under the hypothesis; it depends on the seed and the number alone. */
  replicate(index: number): ExpertsReplicate;
}

/**
 * expertsTestParts: `testExperts` in parts, for those who share its replicates among threads or machines. Every worker
 * makes the parts from the same options and does replicates of its own; the p value is `(1 + asLarge) / (1 + B)`, with
 * `asLarge` of all B replicates at least as large as the statistic that one of them observed.
 * @throws MoeError for wrong options
 */
export function expertsTestParts<const GateKind extends string, const ExpertKind extends string>(
  options: ExpertsTestModel<GateKind, ExpertKind>,
): ExpertsTestParts {
  return partsOfTest('expertsTestParts', options);
}

/** The parts, for those who name themselves in errors. */
export function partsOfTest<const GateKind extends string, const ExpertKind extends string>(
  who: string,
  options: ExpertsTestModel<GateKind, ExpertKind>,
): ExpertsTestParts {
  expectKnownOptions(who, options, [...modelOptions, 'experts', 'against']);
  const { experts, against: given, ...rest } = options;
  expectExperts(who, 'experts', experts);
  const against = expectInteger(who, 'against', given ?? experts + 1, { min: experts + 1 });
  const family = rest.family === undefined ? undefined : getFamily(rest.family, `${who}: family`);
  if (family?.families !== undefined)
    throw new MoeError(
      who,
      'family must be one: families of their own do not say which one an expert more has',
      family.families.map(({ kind }) => kind),
    );
  const model = {
    ...rest,
    gate: getGate(rest.gate, `${who}: gate`),
    expert: getExpert(rest.expert, `${who}: expert`),
  };
  const fit = fitMaximumLikelihood({ ...model, experts });
  expectUnpenalised(who, fit, 'test of its number of experts');
  const { seed = 0 } = model;
  const data = eachObserved(who, model.data, columnsOfSample(who, model.data, 'data', true));
  const again = {
    seed,
    ...(rest.starts !== undefined && { starts: rest.starts }),
    ...(rest.tolerance !== undefined && { tolerance: rest.tolerance }),
    ...(rest.maxIterations !== undefined && { maxIterations: rest.maxIterations }),
    ...(rest.minVariance !== undefined && { minVariance: rest.minVariance }),
  };
  return {
    experts,
    against,
    fit,
    observed() {
      const larger = fitMaximumLikelihood({ ...model, experts: against });
      const statistic = 2 * (larger.logLikelihood - fit.logLikelihood);
      // Both maxima are found to rounding.
      if (statistic < -1e-6 * Math.abs(fit.logLikelihood)) {
        const message = `the fit with ${against} experts must not end below that with ${experts}; raise starts`;
        throw new MoeError(who, message, larger.logLikelihood);
      }
      return { larger, statistic };
    },
    replicate(index) {
      expectInteger(who, 'the number of a replicate', index, { min: 0 });
      const drawn = simulatedSample(fit, data, stream(seed, 'test of experts', index));
      const small = refit(fit, drawn, again);
      const large = fitMaximumLikelihood({ ...model, data: drawn, experts: against });
      const statistic = Math.max(0, 2 * (large.logLikelihood - small.logLikelihood));
      return { statistic, converged: small.converged && large.converged };
    },
  };
}

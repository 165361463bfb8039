import { expectInteger, expectOneOf, MoeError } from '@tfjs-moe/core';
import { aic, bic, icl } from '../inference/criteria.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import type { MaximumLikelihoodOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** The name of a criterion by which a number of experts is chosen. */
export type Criterion = 'aic' | 'bic' | 'icl';

/** Options of `selectExperts`: which numbers of experts are tried, by which criterion, with which fit. */
export interface SelectExpertsOptions extends Omit<MaximumLikelihoodOptions, 'experts' | 'initial'> {
  /** Smallest and largest number of experts, both tried. */
  readonly range: readonly [smallest: number, largest: number];
  /** Default `'bic'`. */
  readonly criterion?: Criterion;
  /** Called after every fit. */
  readonly onFit?: (experts: number, fit: MaximumLikelihoodFit) => void;
}

/** One number of experts with its fit and its criteria. */
export interface Candidate {
  readonly experts: number;
  readonly fit: MaximumLikelihoodFit;
  readonly aic: number;
  readonly bic: number;
  readonly icl: number;
}

/** What `selectExperts` returns: every candidate, and the one with the best criterion. */
export interface Selection {
  readonly criterion: Criterion;
  /** In the order of the number of experts. */
  readonly candidates: readonly Candidate[];
  readonly best: Candidate;
}

/**
 * selectExperts: how many experts, by an information criterion: the fit for every number in a range, and the best of them.
 *
 * A fit that did not converge to a proper maximum is listed but not chosen, unless there is no other. For linear experts BIC
 * tends to be right where experts overlap little; ICL asks that they do; AIC takes more experts and predicts well.
 */
export function selectExperts(options: SelectExpertsOptions): Selection {
  const who = 'selectExperts';
  const { range, criterion: given, onFit, ...rest } = options;
  if (!Array.isArray(range) || range.length !== 2)
    throw new MoeError(who, 'range must be two integers', range);
  const smallest = expectInteger(who, 'range[0]', range[0], { min: 1 });
  const largest = expectInteger(who, 'range[1]', range[1], { min: smallest });
  const criterion = expectOneOf(who, 'criterion', given ?? 'bic', ['aic', 'bic', 'icl']);
  const candidates: Candidate[] = [];
  for (let experts = smallest; experts <= largest; experts++) {
    if (!fits(rest, experts)) continue;
    const fit = fitMaximumLikelihood({ ...rest, experts });
    candidates.push({ experts, fit, aic: aic(fit), bic: bic(fit), icl: icl(fit) });
    onFit?.(experts, fit);
  }
  if (candidates.length === 0)
    throw new MoeError(who, 'the gate must serve some number of experts in range', range);
  const proper = candidates.filter(({ fit }) => fit.converged);
  const best = (proper.length > 0 ? proper : candidates).reduce((a, b) =>
    b[criterion] < a[criterion] ? b : a,
  );
  return { criterion, candidates, best };
}

/** Whether the gate can serve so many experts: groups divide only some numbers, top-K needs at least K. */
function fits({ gate, data }: Pick<MaximumLikelihoodOptions, 'gate' | 'data'>, experts: number): boolean {
  try {
    gate?.params(data.inputs[0]?.length ?? 1, experts);
    return true;
  } catch (error) {
    if (error instanceof MoeError) return false;
    throw error;
  }
}

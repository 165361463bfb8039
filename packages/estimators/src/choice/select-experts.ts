import {
  expectInteger,
  expectKnownOptions,
  expectOneOf,
  type Gate,
  getExpert,
  getGate,
  MoeError,
} from '@tfjs-moe/core';
import { aic, bic, icl } from '../inference/criteria.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import { makeProblem } from '../likelihood/problem/make-problem.ts';
import { checkOptions, type MaximumLikelihoodOptions, modelOptions } from '../likelihood/problem/options.ts';
import { mostExperts } from '../likelihood/problem/room.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { columnsOfSample } from '../sample.ts';

/** The name of a criterion by which a number of experts is chosen. */
export type Criterion = 'aic' | 'bic' | 'icl';

/** Options of `selectExperts`: which numbers of experts are tried, by which criterion, with which fit. */
export interface SelectExpertsOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends Omit<MaximumLikelihoodOptions<GateKind, ExpertKind>, 'experts' | 'initial'> {
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
 * Numbers of experts that leave one of them fewer rows than it has numbers are left out. A fit that did not converge to a
 * proper maximum is listed but not chosen, unless there is no other. For linear experts BIC tends to be right where experts overlap little; ICL asks that they do; AIC takes more experts and predicts well.
 */
export function selectExperts<const GateKind extends string, const ExpertKind extends string>(
  options: SelectExpertsOptions<GateKind, ExpertKind>,
): Selection {
  const who = 'selectExperts';
  expectKnownOptions(who, options, [...modelOptions, 'range', 'criterion', 'onFit']);
  const { range, criterion: given, onFit, ...rest } = options;
  const gate = getGate(rest.gate, `${who}: gate`);
  const expert = getExpert(rest.expert, `${who}: expert`);
  const { inputDim } = columnsOfSample(who, rest.data, 'data', true);
  if (!Array.isArray(range) || range.length !== 2)
    throw new MoeError(who, 'range must be two integers', range);
  const smallest = expectInteger(who, 'range[0]', range[0], { min: 1 });
  const largest = expectInteger(who, 'range[1]', range[1], { min: smallest });
  const criterion = expectOneOf(who, 'criterion', given ?? 'bic', ['aic', 'bic', 'icl']);
  const candidates: Candidate[] = [];
  for (let experts = smallest; experts <= largest; experts++) {
    if (!serves(gate, inputDim, experts)) continue;
    if (candidates.length > 0 && !hasRoom(who, { ...rest, gate, expert, experts })) break;
    const fit = fitMaximumLikelihood({ ...rest, gate, expert, experts });
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

/** Whether there are rows enough for so many experts. */
function hasRoom(who: string, options: MaximumLikelihoodOptions): boolean {
  const problem = makeProblem({ who, ...checkOptions(who, options), fixed: undefined });
  return options.experts <= mostExperts(problem);
}

/** Whether the gate can serve so many experts: groups divide only some numbers, top-K needs at least K. */
function serves(gate: Gate, inputDim: number, experts: number): boolean {
  try {
    gate.params(inputDim, experts);
    return true;
  } catch (error) {
    if (error instanceof MoeError) return false;
    throw error;
  }
}

import { expectInteger, expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import { derivativesPass } from '../likelihood/passes/derivatives-pass.ts';
import { mixtureRows } from '../likelihood/passes/mixture-rows.ts';
import { makeProblem } from '../likelihood/problem/make-problem.ts';
import { checkOptions, type MaximumLikelihoodOptions, modelOptions } from '../likelihood/problem/options.ts';
import { FREE } from '../likelihood/problem/penalty/penalty.ts';
import type { PenaltyOptions } from '../likelihood/problem/penalty/penalty-options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Options of `penaltyPath`: those of `fitMaximumLikelihood`, and which strengths are tried. */
export interface PenaltyPathOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends Omit<MaximumLikelihoodOptions<GateKind, ExpertKind>, 'initial' | 'penalty'> {
  /** All of a penalty but how much. Default the lasso, of the experts alone. */
  readonly penalty?: Omit<PenaltyOptions, 'lambda'>;
  /** The strengths, in any order. Default `count` of them, from the smallest that leaves no slope to a thousandth of it. */
  readonly lambdas?: readonly number[];
  /** Default 20. */
  readonly count?: number;
  readonly onStrength?: (fit: MaximumLikelihoodFit) => void;
}

/** What decides a path, besides the options of a fit. */
export const pathOptions = ['experts', 'lambdas', 'count', 'onStrength'] as const;

/** As glmnet takes for ridge, of which no strength leaves no slope. */
const LEAST_ALPHA = 1e-3;
const SMALLEST = 1e-3;
/** A strength that leaves no slope. */
const ALL = 1e6;

/**
 * penaltyPath: fits of one model under penalties of many strengths, the strongest first, as glmnet has them.
 *
 * Twice along the strengths, since the likelihood of a mixture has several maxima: from the weakest, which is sought by all
 * starts, to the strongest, each from the one before, and back; of each strength the better of both is kept.
 *
 * Source: Friedman, Hastie and Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate Descent" (2010).
 *
 * @throws MoeError for strengths that are none
 */
export function penaltyPath<const GateKind extends string, const ExpertKind extends string>(
  options: PenaltyPathOptions<GateKind, ExpertKind>,
): readonly MaximumLikelihoodFit[] {
  return pathOf('penaltyPath', options);
}

/** The same for those who name themselves in errors. */
export function pathOf<const GateKind extends string, const ExpertKind extends string>(
  who: string,
  options: PenaltyPathOptions<GateKind, ExpertKind>,
): readonly MaximumLikelihoodFit[] {
  expectKnownOptions(who, options, [...modelOptions, ...pathOptions]);
  const { penalty = {}, lambdas: given, count: howMany, onStrength, ...model } = options;
  expectKnownOptions(`${who}: penalty`, penalty, ['alpha', 'gate']);
  if (given !== undefined && howMany !== undefined)
    throw new MoeError(who, 'lambdas are as many as they are: give them or count', howMany);
  // In the words of this function, before any work.
  checkOptions(who, { ...model, penalty: { ...penalty, lambda: 0 } });
  const lambdas = given === undefined ? strengthsOf(who, options) : strengths(who, given);
  const fitAt = (lambda: number, from?: MaximumLikelihoodFit) =>
    fitMaximumLikelihood({
      ...model,
      penalty: { ...penalty, lambda },
      ...(from !== undefined && { initial: { measure: from.measure }, starts: 1 }),
    });
  const upwards: MaximumLikelihoodFit[] = [];
  for (const lambda of [...lambdas].reverse()) {
    const fit = fitAt(lambda, upwards.at(-1));
    upwards.push(fit);
    onStrength?.(fit);
  }
  const fits: MaximumLikelihoodFit[] = [];
  upwards.reverse().forEach((fit, i) => {
    const other = i === 0 ? fit : fitAt(lambdas[i]!, fits.at(-1));
    fits.push(isBetter(other, fit) ? other : fit);
  });
  return fits;
}

function isBetter(a: MaximumLikelihoodFit, b: MaximumLikelihoodFit): boolean {
  if (a.converged !== b.converged) return a.converged;
  return a.penalisedLogLikelihood! > b.penalisedLogLikelihood!;
}

function strengths(who: string, given: readonly number[]): number[] {
  if (!Array.isArray(given) || given.length === 0)
    throw new MoeError(who, 'lambdas must be a list of numbers of at least 0', given);
  const list = given.map((each: number) => expectNumber(who, 'lambdas', each, { min: 0 }));
  return [...new Set(list)].sort((a, b) => b - a);
}

/** From the smallest strength that leaves no slope down, in equal ratios. */
function strengthsOf<const GateKind extends string, const ExpertKind extends string>(
  who: string,
  {
    penalty = {},
    count: given,
    lambdas: _none,
    onStrength: _unused,
    ...model
  }: PenaltyPathOptions<GateKind, ExpertKind>,
): number[] {
  const count = expectInteger(who, 'count', given ?? 20, { min: 2, max: 1000 });
  const shrunk = {
    ...model,
    penalty: { ...penalty, alpha: Math.max(LEAST_ALPHA, penalty.alpha ?? 1), lambda: ALL },
  };
  const { measure } = fitMaximumLikelihood(shrunk);
  const problem = makeProblem({ who, ...checkOptions(who, shrunk), fixed: measure });
  const at = problem.coordinates.fromNumbers(problem.layout.numbersOf(measure));
  const { gradient } = derivativesPass(problem, mixtureRows(problem))(at);
  const { owners, at: penaltyAt } = problem.penalty!;
  const { absolute } = penaltyAt(at);
  let largest = 0;
  owners.forEach((owner, j) => {
    if (owner !== FREE) largest = Math.max(largest, (ALL * Math.abs(gradient[j]!)) / absolute[j]!);
  });
  if (!(largest > 0)) throw new MoeError(who, 'there must be slopes that can be shrunk', model.expert);
  return Array.from({ length: count }, (_, i) => largest * SMALLEST ** (i / (count - 1)));
}

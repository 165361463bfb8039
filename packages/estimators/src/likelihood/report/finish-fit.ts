import { softmax } from '@tfjs-moe/gates';
import { type MixingMeasure, unseenDirections } from '@tfjs-moe/measures';
import { matrix } from '@tfjs-moe/numerics';
import type { Climb } from '../climb/ascent.ts';
import { boundAt, type Degeneracy } from '../climb/degeneracy.ts';
import { rounding } from '../climb/limits.ts';
import type { SecondOrder } from '../passes/derivatives-pass.ts';
import { effectiveNumbers } from '../passes/effective-numbers.ts';
import { type DensityAtZero, kinksPass } from '../passes/kinks-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { penaltyAt } from '../passes/penalised.ts';
import { scoresPass } from '../passes/scores-pass.ts';
import { assignmentsAt, logLikelihoodAt } from '../passes/value-pass.ts';
import { areExchangeable, isAlikeThroughout } from '../problem/exchangeable.ts';
import { namedNumbers } from '../problem/named-numbers.ts';
import { type CheckedOptions, LEAST_VARIANCE } from '../problem/options.ts';
import { boundedPlaces, boundsAt, type Problem } from '../problem/problem.ts';
import { hintOfCounts } from './counts.ts';
import type { Covariance } from './covariance.ts';
import { covarianceAt } from './covariance-at.ts';
import { dependentInputs } from './dependent-inputs.ts';
import type { ClimbReport, Estimate, EstimateStatus, MaximumLikelihoodFit } from './fit.ts';
import { separationOf } from './separation.ts';
import { warningsOf } from './warnings.ts';

export interface Finished {
  readonly problem: Problem;
  readonly evaluate: Evaluate;
  /** The canonical point. */
  readonly at: Float64Array;
  readonly measure: MixingMeasure;
  readonly derivatives: SecondOrder;
  readonly best: Climb;
  readonly degeneracy: Degeneracy | undefined;
  readonly starts: readonly ClimbReport[];
  readonly options: CheckedOptions;
}

/**
 * From the best climb to the fit: estimates with their names, covariances, warnings.
 */
export function finishFit(finished: Finished): MaximumLikelihoodFit {
  const { problem, evaluate, at, measure, derivatives, best, degeneracy, starts, options } = finished;
  const { layout, coordinates, data, aliased } = problem;
  const assignments = assignmentsAt(problem, evaluate, at);
  const frozen = new Set<number>();
  for (const s of boundedPlaces(problem))
    if (boundAt(boundsAt(problem, s), at[s]!) !== undefined) frozen.add(s);
  const scores = scoresPass(problem, evaluate, at);
  const dependent = dependentInputs(problem);
  const lost = dependent.unseen;
  const unseen = layout.gauge.isKnown ? unseenDirections(layout.shape) + lost.gate + lost.experts : 0;
  const covarianceBy = (hessian: Float64Array) => covarianceAt(problem, at, hessian, scores, frozen, unseen);
  const covariance =
    problem.penalty !== undefined
      ? withoutErrors(layout.entries.length)
      : problem.family.isLeastAbsolute === true
        ? overKinks(finished, covarianceBy)
        : covarianceBy(derivatives.hessian);
  const logLikelihood = derivatives.value + penaltyAt(problem, at);
  const rising = covariance.rising.some((direction) => rises(finished, direction));
  const numbers = coordinates.toNumbers(at);
  const estimates = estimatesOf(problem, numbers, covariance, frozen);
  const estimated = estimates.flatMap(({ status }, i) => (status === 'estimated' ? [i] : []));
  const degreesOfFreedom =
    problem.penalty === undefined
      ? coordinates.size - unseenAt(finished, covariance, unseen, lost.experts)
      : effectiveNumbers(problem, evaluate, at);
  const gateFlat = covariance.flat.flatMap(({ along }) => (isOfGate(problem, along) ? [along] : []));
  const found = warningsOf({
    layout,
    separation: gateFlat.length === 0 ? undefined : separationOf(problem, evaluate, at, gateFlat),
    selection: problem.selection,
    best,
    degeneracy,
    covariance,
    rising,
    n: data.n,
    degreesOfFreedom,
    labels: estimates.map(({ group, name }) => `${group} ${name}`),
    aliased,
    dependent: dependent.names,
    family: problem.family,
    logLikelihood,
  });
  const warnings = [...found, ...(degeneracy === undefined ? hintOfCounts(problem.family, data) : [])];
  // Of a dispersion, not of its logarithm.
  const factor = (i: number) => (i >= layout.firstNoise ? Math.exp(numbers[i]!) : 1);
  const table = ({ data: entries, rows }: Covariance['observed'], of: readonly number[]) =>
    of.map((i) => of.map((j) => entries[i + j * rows]! * factor(i) * factor(j)));
  const all = estimates.map((_, i) => i);
  return {
    estimator: 'maximum likelihood',
    measure,
    family: problem.family.config,
    variances: options.variances,
    ...(options.minVariance !== LEAST_VARIANCE && { minVariance: options.minVariance }),
    ...(options.zeroExpert && { zeroExpert: true }),
    ...(options.structure !== undefined && { structure: options.structure }),
    ...(!isAlikeThroughout(problem) && { alike: alikeIn(problem) }),
    ...(options.penalty !== undefined && {
      penalty: options.penalty,
      penalisedLogLikelihood: derivatives.value,
    }),
    logLikelihood,
    degreesOfFreedom,
    n: data.n,
    totalWeight: data.totalWeight,
    ...(data.groups !== undefined && {
      groups: {
        n: 1 + data.groups.at(-1)!,
        totalWeight: data.totalUnits,
        counts: [...assignments.unitCounts],
      },
    }),
    ...(data.clusters !== undefined && { clusters: new Set(data.clusters).size }),
    converged:
      (best.ending === 'gradient' || best.ending === 'rounding') && degeneracy === undefined && !rising,
    ending: degeneracy ?? best.ending,
    gradientNorm: best.gradientNorm,
    iterations: { em: best.emIterations, newton: best.newtonIterations },
    history: best.history,
    starts,
    sizes: [...assignments.sizes],
    counts: [...assignments.counts],
    entropy: assignments.entropy,
    estimates,
    estimated,
    covariances: {
      observed: table(covariance.observed, estimated),
      sandwich: table(covariance.sandwich, estimated),
    },
    ...(covariance.flat.length > 0 && {
      undetermined: {
        directions: covariance.flat.map(({ direction }) => [...direction]),
        covariances: {
          observed: table(covariance.observed, all),
          sandwich: table(covariance.sandwich, all),
        },
      },
    }),
    warnings,
    ...(data.offset !== undefined && { hasOffset: true }),
    ...(data.trials !== undefined && { hasTrials: true }),
    inputNames: data.inputNames,
    responseName: data.responseName,
  };
}

function alikeIn(problem: Problem): number[] {
  const all = Array.from({ length: problem.layout.shape.experts }, (_, e) => e);
  return all.map((e) => all.find((other) => areExchangeable(problem, other, e))!);
}

/** What is known of a fit whose estimates are biased by what shrinks them: no errors. */
function withoutErrors(numbers: number): Covariance {
  const none = matrix(numbers, numbers);
  return { observed: none, sandwich: none, undetermined: new Set(), flat: [], rising: [] };
}

/**
 * In how many directions the numbers move without changing the function: numbers that are traded for one another count as
 * what can be told of them. Of a gate whose gauge is unknown, as many as the information has no curvature in; of a gate that
 * selects one expert, whose weights have none in any, those that its selection does not depend on.
 */
function unseenAt({ problem }: Finished, { flat }: Covariance, known: number, lostExperts: number): number {
  const { layout, selection } = problem;
  const selected = selection?.unseen();
  if (selected === undefined) return layout.gauge.isKnown ? known : flat.length;
  const ofExperts = layout.gauge.isKnown
    ? unseenDirections({ ...layout.shape, gate: softmax() }) + lostExperts
    : flat.filter(({ along }) => !isOfGate(problem, along)).length;
  return selected + ofExperts;
}

/** Whether a direction moves coordinates of the gate alone. */
function isOfGate({ coordinates }: Problem, along: ArrayLike<number>): boolean {
  return Array.from(along).every((value, i) => value === 0 || i < coordinates.firstExpert);
}

/**
 * Covariances where the likelihood has kinks, whose part in the curvature is that of their expectation: by the model, and of
 * the sandwich by a kernel.
 */
function overKinks(
  { problem, evaluate, at, derivatives }: Finished,
  covarianceBy: (hessian: Float64Array) => Covariance,
): Covariance {
  const by = (density: DensityAtZero) => {
    const kinks = kinksPass(problem, evaluate, at, density);
    return covarianceBy(derivatives.hessian.map((value, j) => value + kinks[j]!));
  };
  return { ...by('model'), sandwich: by('kernel').sandwich };
}

/**
 * Whether the likelihood is higher somewhere along a direction: where parameters run to infinity, curvature is rounding, and
 * seems to be of either sign.
 */
function rises({ problem, evaluate, at, derivatives }: Finished, direction: Float64Array): boolean {
  const slack = 1e3 * rounding(problem, derivatives.value);
  return [1, 0.1, 0.01].some((length) =>
    [length, -length].some((step) => {
      const there = at.map((value, j) => value + step * direction[j]!);
      return logLikelihoodAt(problem, evaluate, there) > derivatives.value + slack;
    }),
  );
}

function estimatesOf(
  problem: Problem,
  numbers: Float64Array,
  { undetermined }: Covariance,
  frozen: ReadonlySet<number>,
): Estimate[] {
  const { layout, coordinates } = problem;
  const { rows, data } = coordinates.jacobian;
  const named = namedNumbers(problem);
  return layout.entries.map((entry, i) => {
    const known = named[i]!;
    const isFrozen = entry.part === 'noise' && [...frozen].some((place) => data[i + place * rows] !== 0);
    let status: EstimateStatus = known.status;
    if (status === 'estimated' && problem.penalty !== undefined) status = 'penalised';
    else if (status === 'estimated' && isFrozen) status = 'at bound';
    else if (status === 'estimated' && undetermined.has(i)) status = 'not identified';
    return {
      ...known,
      parameter: entry.name,
      value: entry.part === 'noise' ? Math.exp(numbers[i]!) : numbers[i]!,
      status,
    };
  });
}

import { stream } from '@tfjs-moe/core';
import { rowsByUnit, rowsOfColumns, rowsThatCount } from '../sample.ts';
import { expectVertices } from './climb/absolute/absolute-design.ts';
import { climbAbsolute } from './climb/absolute/climb-absolute.ts';
import { assignedStep } from './climb/assigned.ts';
import { climb } from './climb/climb.ts';
import { climbLasso } from './climb/climb-lasso.ts';
import { degeneracyOf } from './climb/degeneracy.ts';
import { climbKeeping, DIVISION, dividedStarts } from './climb/divided-starts.ts';
import { firstStep } from './climb/first-step.ts';
import { expectClimbable, pointOf } from './climb/given-measure.ts';
import { climbSelecting, throughSoftmax } from './climb/selection/climb-selecting.ts';
import { divides, sharpPoint } from './climb/sharp-gate.ts';
import { kindOfStart, startOf } from './climb/starts.ts';
import { bestOfTried, type Tried } from './climb/tried.ts';
import { withZeroExpert, ZERO_SHARES } from './climb/zero-expert.ts';
import { derivativesPass } from './passes/derivatives-pass.ts';
import { type Evaluate, mixtureRows } from './passes/mixture-rows.ts';
import { sizesAt } from './passes/value-pass.ts';
import { initialMeasure } from './problem/initial-measure.ts';
import { makeProblem } from './problem/make-problem.ts';
import { type CheckedOptions, checkOptions, type MaximumLikelihoodOptions } from './problem/options.ts';
import type { Problem } from './problem/problem.ts';
import { expectRoom } from './problem/room.ts';
import { inFinalOrder } from './report/final-order.ts';
import { finishFit } from './report/finish-fit.ts';
import type { ClimbReport, MaximumLikelihoodFit } from './report/fit.ts';
import { withCovariances } from './report/several/with-covariances.ts';

const WHO = 'fitMaximumLikelihood';
/** Above this number of rows, starts are tried on a part of the sample first. */
const MANY_ROWS = 20_000;
const PART_ROWS = 10_000;

/**
 * fitMaximumLikelihood: a mixture of experts by maximum likelihood, as flexmix with a concomitant model fits it, for any
 * gate whose weights sum to 1 or that selects, and any expert.
 *
 * $\hat G = \arg\max_G \sum_i w_i \log \sum_e g_e(x_i)\, f(y_i; h(x_i, \eta_e), \sigma_e)$; of rows in groups, which have
 * one expert each, $\sum_j w_j \log \sum_e g_e(x_j) \prod_{i \in j} f(y_i; h(x_i, \eta_e), \sigma_e)$. EM from several starts, never
 * downwards, then Newton with the exact Hessian until the gradient vanishes. The likelihood of Gaussian experts with
 * variances of their own is unbounded, so that "the maximum" is the best local one that is not degenerate.
 *
 * Source: Jordan and Jacobs (1994); Gruen and Leisch, "FlexMix Version 2" (2008); Nguyen, Nguyen and Ho (2023),
 * arXiv:2305.03288.
 */
export function fitMaximumLikelihood<const GateKind extends string, const ExpertKind extends string>(
  options: MaximumLikelihoodOptions<GateKind, ExpertKind>,
): MaximumLikelihoodFit {
  const checked = checkOptions(WHO, options);
  const { initial } = checked;
  const problem = makeProblem({
    who: WHO,
    ...checked,
    fixed: initial !== undefined && 'measure' in initial ? initial.measure : undefined,
  });
  expectRoom(WHO, problem);
  expectVertices(WHO, problem);
  const evaluate = mixtureRows(problem);
  const tried = runStarts(problem, evaluate, checked);
  const best = bestOfTried(tried);
  const { layout, coordinates } = problem;
  const found = problem.selection?.withUnitScale(best.climb.at) ?? best.climb.at;
  const { family } = checked;
  const isStated = family.isClass !== true && family.isLeastSquares !== true;
  const measure = {
    ...inFinalOrder(problem, layout.measureAt(coordinates.toNumbers(found))),
    ...(isStated && { family }),
  };
  const at = coordinates.fromNumbers(layout.numbersOf(measure));
  const fit = finishFit({
    problem,
    evaluate,
    at,
    measure,
    best: best.climb,
    derivatives: derivativesPass(problem, evaluate)(at),
    degeneracy: best.degeneracy,
    starts: tried.map(reportOf),
    options: checked,
  });
  return measure.covariances === undefined ? fit : withCovariances(problem.data, fit);
}

function reportOf({ kind, climb: { value, ending, history }, degeneracy, part }: Tried): ClimbReport {
  return {
    kind,
    logLikelihood: value,
    ending: degeneracy ?? ending,
    iterations: history.length - 1,
    ...(part !== undefined && { part: part.map(reportOf) }),
  };
}

function runStarts(
  problem: Problem,
  evaluate: Evaluate,
  options: CheckedOptions,
  isForAnotherSample = false,
): Tried[] {
  const { starts, initial, data, onProgress, family, zeroExpert } = options;
  const { experts } = options.shape;
  const { moreOnOutputScale: more } = problem;
  const onScale = {
    ...data,
    response: problem.onOutputScale,
    ...(more && {
      moreResponses: data.moreResponses!.map(({ name }, j) => ({ name, values: more[j]! })),
    }),
  };
  const isLarge = data.n > MANY_ROWS;
  const tried: Tried[] = [];
  const run = (kind: string, at: Float64Array, again = false, planned = 0): Tried => {
    if (again) tried.pop();
    const start = tried.length;
    const found = climbOf(problem)(problem, evaluate, at, {
      tolerance: options.tolerance,
      maxIterations: options.maxIterations,
      isForAnotherSample,
      onIteration: (iteration, logLikelihood) =>
        onProgress?.({ start, starts: Math.max(planned, start + 1), iteration, logLikelihood }),
    });
    const degeneracy = degeneracyOf(problem, sizesAt(problem, evaluate, found.at), found.at);
    const one: Tried = { kind, climb: found, degeneracy };
    tried.push(one);
    return one;
  };
  if (initial !== undefined) {
    const from = 'measure' in initial ? undefined : origin(problem, options, 0);
    const at =
      'measure' in initial
        ? pointOf(problem, initial.measure)
        : firstStep(problem, evaluate, from!, initial.given);
    if ('measure' in initial) expectClimbable(WHO, problem, evaluate, at);
    run('initial', at, false, isLarge ? Math.min(starts, 2) : starts);
    if (
      'labels' in initial &&
      initial.labels !== undefined &&
      divides(problem, evaluate, at, initial.labels)
    ) {
      const point = sharpPoint(problem, evaluate, from!, initial.labels);
      if (point.isSharp) climbKeeping('initial', problem, evaluate, point, initial.labels, run);
    }
    if (starts === 1) return tried;
  }
  const isSingle = experts === 1;
  // Of a single expert that is linear there is one maximum.
  if (isSingle && problem.fromStandard === undefined) {
    tried.length = 0;
    run('single expert', origin(problem, options, 0));
    return tried;
  }
  const divided = () =>
    dividedStarts(problem, evaluate, origin(problem, options, 0), bestOfTried(tried), run);
  if (isLarge) {
    const part = fromPart(problem, options);
    run('part of the sample', part.at);
    tried.push({ ...tried.pop()!, part: part.tried });
    if (part.isDivided && !zeroExpert) divided();
    return tried;
  }
  const first = tried.length;
  const wanted = starts - Math.min(first, 1);
  // Degenerate ends are replaced by further starts, up to as many again.
  // Of one expert beside a zero expert the starts differ in the share of the zeros alone.
  let planned = zeroExpert && experts === 2 ? Math.min(wanted, ZERO_SHARES.length) : wanted;
  for (let index = 0; index < planned; index++) {
    const kind = kindOfStart(index, family.isClass === true);
    const given = zeroExpert
      ? withZeroExpert(startOf(kind, onScale, experts - 1, options.seed, index), data, index)
      : startOf(kind, onScale, experts, options.seed, index);
    const at = assignedStep(problem, evaluate, origin(problem, options, index), given);
    const from = index % 4 < 3 ? throughSoftmax(problem, at) : at;
    const { degeneracy } = run(isSingle ? 'single expert' : kind, from, false, first + planned);
    if (degeneracy !== undefined) planned = Math.min(2 * wanted, planned + 1);
  }
  if (!isSingle && !zeroExpert && problem.penalty === undefined) divided();
  return tried;
}

/** How a problem is climbed. */
function climbOf({ family, selection, penalty }: Problem): typeof climb {
  if (penalty?.hasKinks) return climbLasso;
  if (family.isLeastAbsolute === true) return climbAbsolute;
  return selection === undefined ? climb : climbSelecting;
}

/** The numbers before anything is known: all at rest in the affine case, elsewhere those of the initializers. */
function origin(problem: Problem, { shape, seed }: CheckedOptions, index: number): Float64Array {
  return (
    problem.fromStandard?.(initialMeasure(shape, seed, index)) ?? new Float64Array(problem.coordinates.size)
  );
}

/** The best point for a part of a large sample: its maxima are close to those of the whole, but for where a sharp gate cuts. */
function fromPart(
  problem: Problem,
  options: CheckedOptions,
): { readonly at: Float64Array; readonly isDivided: boolean; readonly tried: readonly Tried[] } {
  const { data, onProgress: _unused, initial: _none, ...rest } = options;
  const random = stream(options.seed, 'part');
  const counted = rowsThatCount(data);
  const units = rowsByUnit(data);
  const rows: number[] = [];
  const groups: number[] = [];
  for (let drawn = 0; rows.length < PART_ROWS; drawn++) {
    const row = counted[random.integer(counted.length)]!;
    for (const each of units[data.groups?.[row] ?? row]!) {
      rows.push(each);
      groups.push(drawn);
    }
  }
  const smaller = { ...rest, data: rowsOfColumns(data, rows, Int32Array.from(groups)) };
  const small = makeProblem({ who: WHO, ...smaller });
  const tried = runStarts(small, mixtureRows(small), smaller, true);
  const best = bestOfTried(tried);
  const numbers = small.coordinates.toNumbers(best.climb.at);
  return {
    at: pointOf(problem, small.layout.measureAt(numbers)),
    isDivided: best.kind === DIVISION,
    tried,
  };
}

import { emPass } from '../../passes/em-pass.ts';
import { type Evaluate, mixtureRows } from '../../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../../passes/value-pass.ts';
import type { Problem } from '../../problem/problem.ts';
import { type Ascent, ascentOf, atStart, type Climb, type ClimbOptions, ended } from '../ascent.ts';
import { climb } from '../climb.ts';
import { rounding } from '../limits.ts';
import { newtonIterations } from '../newton-iterations.ts';
import { solveSemidefinite } from '../solve.ts';
import { type AbsolutePart, absoluteDesign } from './absolute-design.ts';
import { heldExperts } from './held-experts.ts';
import { neighbours } from './neighbours.ts';
import { type Standing, vertexStep } from './vertices.ts';

/** Gain of EM, per unit of weight, below which the vertices are held and the rest is climbed to its maximum. */
const SMALL_GAIN = 1e-4;
/** Distance to the maximum in gate and scales, in standard errors, at which the vertices are looked at again. */
const ROUGHLY = 1e-3;

/**
 * A climb under Laplace noise. For given responsibilities the experts are least absolute deviations, which is what EM takes;
 * between two kinks the likelihood is convex in their coefficients, so that its maxima lie at vertices, where experts meet as
 * many rows as they have coefficients. In the gate and the scales it is smooth.
 *
 * EM while it gains much; then, in turns, Newton in gate and scales with the vertices held, and EM's vertices at the point
 * where that ends. Where those stay, every vertex that differs by one row is looked at: kinks make maxima of neighbours that
 * differ by as little as one row has to say.
 */
export function climbAbsolute(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  options: ClimbOptions,
): Climb {
  const parts = absoluteDesign(problem);
  const weight = problem.data.totalWeight;
  const history = [logLikelihoodAt(problem, evaluate, start)];
  let emIterations = 0;
  let newtonIterations = 0;
  const isOver = () => emIterations + newtonIterations >= options.maxIterations;
  const note = (value: number) => {
    history.push(value);
    options.onIteration?.(emIterations + newtonIterations, value);
  };
  let standing: { at: Float64Array; vertices?: Standing['vertices'] } = { at: start };
  let value = history[0]!;
  while (!isOver()) {
    const moved = emStep(problem, evaluate, parts, standing, value);
    if (moved === undefined) break;
    emIterations++;
    const gain = moved.value - value;
    ({ standing, value } = moved);
    note(value);
    if (gain <= SMALL_GAIN * weight) break;
  }
  let last: Climb | undefined;
  /** To the maximum in gate and scales: by Newton alone where it is near. */
  const settle = (from: Float64Array, tolerance: number, before?: number): Climb => {
    const held = heldExperts(problem, from);
    const rows = mixtureRows(held.problem);
    const limits = {
      tolerance,
      maxIterations: Math.max(1, options.maxIterations - emIterations - newtonIterations),
    };
    const found =
      (before === undefined
        ? undefined
        : fromNear(ascentOf(held.problem, rows, limits), held.fromAll(from), before)) ??
      climb(held.problem, rows, held.fromAll(from), limits);
    return { ...found, at: held.toAll(found.at) };
  };
  const accept = (found: Climb, vertices: Standing['vertices']) => {
    emIterations += found.emIterations;
    newtonIterations += found.newtonIterations;
    [last, value] = [found, found.value];
    standing = { at: found.at, vertices };
    note(value);
  };
  // While the vertices move, the rest need not be where it will not stay.
  let tolerance = Math.max(options.tolerance, ROUGHLY);
  while (!isOver()) {
    const step = vertexStep(problem, evaluate, parts, standing);
    emIterations++;
    const found = settle(step.at, tolerance, last && value);
    const slack = rounding(problem, value);
    if (last === undefined || found.value > value + slack) {
      if (last === undefined && found.value < value - slack) break;
      accept(found, step.vertices);
      continue;
    }
    if (tolerance > options.tolerance) {
      ({ tolerance } = options);
      const exact = settle(standing.at, tolerance, value);
      if (exact.value >= value - slack) accept(exact, standing.vertices ?? step.vertices);
      continue;
    }
    if (options.isForAnotherSample) break;
    const vertices = standing.vertices ?? step.vertices;
    let isBetter = false;
    for (const next of neighbours(problem, evaluate, parts, { at: standing.at, vertices })) {
      const climbed = settle(next.at, tolerance, value);
      isBetter = climbed.value > value + 1e3 * slack;
      if (!isBetter) continue;
      accept(climbed, next.vertices);
      break;
    }
    if (!isBetter) break;
  }
  return {
    at: standing.at,
    value,
    history,
    emIterations,
    newtonIterations,
    ending: last === undefined || isOver() ? 'iterations' : last.ending,
    gradientNorm: last?.gradientNorm ?? Infinity,
  };
}

/** A climb by Newton's iterations alone, where they arrive. */
function fromNear(ascent: Ascent, at: Float64Array, value: number): Climb | undefined {
  const end = newtonIterations(ascent, atStart(at, value), false, 0);
  return end.result === 'gradient' || end.result === 'rounding' ? ended(end.progress, end.result) : undefined;
}

/** One iteration of EM: vertices and scales exactly, the gate by a scoring step as long as leads upwards. */
function emStep(
  problem: Problem,
  evaluate: Evaluate,
  parts: readonly AbsolutePart[],
  standing: { readonly at: Float64Array; readonly vertices?: Standing['vertices'] },
  value: number,
): { readonly standing: Standing; readonly value: number } | undefined {
  const { firstExpert: gateSize } = problem.coordinates;
  const { gate } = emPass(problem, evaluate, standing.at);
  const gateStep = solveSemidefinite(gate.information, gate.gradient);
  const { at, vertices } = vertexStep(problem, evaluate, parts, standing);
  for (let length = 1; length > 1e-4; length /= 4) {
    const next = at.map((each, j) => (j < gateSize ? each + length * gateStep[j]! : each));
    const after = logLikelihoodAt(problem, evaluate, next);
    if (after >= value - rounding(problem, value)) return { standing: { at: next, vertices }, value: after };
  }
  return undefined;
}

import { cholesky, matrix } from '@tfjs-moe/numerics';
import type { NormalEquations, SquaresProblem } from './normal-equations.ts';

/** Why an iteration ended; all but the last two mean that it converged. */
export type StopReason =
  /** No column of the Jacobian correlates with the residuals. */
  | 'gradient'
  /** The sum of squares no longer decreases. */
  | 'function'
  /** The residuals are zero up to rounding. */
  | 'exact fit'
  /** No step decreases the sum of squares although the gradient promises it: a kink or a jump. */
  | 'stalled'
  | 'iterations';

export interface MarquardtOptions {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Largest cosine between the residuals and a column of the Jacobian. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Ten steps that decrease the sum of squares by no more than this part are the last. Default 1e-9. */
  readonly settled?: number;
  /** Sum of squares that counts as zero. */
  readonly negligible: number;
  readonly onIteration?: (iteration: number, sumOfSquares: number) => void;
}

export interface MarquardtResult {
  readonly parameters: Float64Array;
  readonly equations: NormalEquations;
  readonly iterations: number;
  readonly reason: StopReason;
  /** The largest cosine, over the parameters that the box leaves free. */
  readonly gradientNorm: number;
  /** The sum of squares at the start and after every step. */
  readonly history: readonly number[];
}

const SETTLED_STEPS = 10;
/** A cosine above which the gradient still promises something. */
const FLAT = 1e-4;

/**
 * Levenberg-Marquardt in a box: $\min \sum_i \rho_i(\theta)^2$ over $l \le \theta \le u$.
 *
 * Each step minimises the quadratic model $F + 2 g^\top s + s^\top J^\top J s + \lambda\, s^\top D s$, where D holds the
 * largest squared column norms so far: the result does not depend on the units of the parameters. Steps that leave the box
 * are taken up to it, and the other parameters are solved for again. Damping follows Nielsen's rule. Singular curvature,
 * which over-fitted mixtures have, only makes it slower.
 *
 * Nothing where the sum of squares at the start is not finite.
 *
 * Source: Moré, "The Levenberg-Marquardt Algorithm: Implementation and Theory" (1978); Nielsen, "Damping Parameter in
 * Marquardt's Method" (1999).
 */
export function levenbergMarquardt(
  problem: SquaresProblem,
  start: Float64Array,
  { lower, upper, tolerance, maxIterations, settled = 1e-9, negligible, onIteration }: MarquardtOptions,
): MarquardtResult | undefined {
  let theta = start;
  let at = problem(theta);
  if (!allFinite(at)) return undefined;
  const history = [at.sumOfSquares];
  const scale = new Float64Array(theta.length);
  let damping = 1e-3;
  let growth = 2;
  let iterations = 0;
  let cosine = 0;
  const end = (reason: StopReason): MarquardtResult => ({
    parameters: theta,
    equations: at,
    iterations,
    reason,
    gradientNorm: cosine,
    history,
  });

  const flat = (): StopReason => (cosine <= FLAT ? 'function' : 'stalled');

  for (;;) {
    const held = heldByBox(theta, at.slope, lower, upper);
    cosine = largestCosine(at, held);
    if (at.sumOfSquares <= negligible) return end('exact fit');
    if (cosine <= tolerance) return end('gradient');
    const past = history[history.length - 1 - SETTLED_STEPS];
    if (past !== undefined && past - at.sumOfSquares <= settled * past) {
      return end(flat());
    }
    if (iterations >= maxIterations) return end('iterations');
    iterations++;
    scale.forEach((old, j) => {
      scale[j] = Math.max(old, at.curvature.data[j + j * theta.length]!);
    });

    // Damp until a step decreases the sum of squares.
    for (;;) {
      const next = boundedStep(theta, at, held, damping, scale, { lower, upper });
      const promised = next === undefined ? 0 : promise(theta, next, at);
      if (next !== undefined && promised > 0) {
        const then = problem(next);
        const gain = (at.sumOfSquares - then.sumOfSquares) / promised;
        if (allFinite(then) && gain > 1e-4) {
          theta = next;
          at = then;
          damping = Math.max(damping * Math.max(1 / 3, 1 - (2 * gain - 1) ** 3), 1e-16);
          growth = 2;
          break;
        }
        // Rounding decides between the two: there is nothing left to gain.
        if (promised <= 1e-13 * at.sumOfSquares) return end(flat());
      }
      damping *= growth;
      growth *= 2;
      if (damping > 1e20) return end('stalled');
    }
    history.push(at.sumOfSquares);
    onIteration?.(iterations, at.sumOfSquares);
  }
}

function allFinite({ sumOfSquares, slope, curvature }: NormalEquations): boolean {
  return (
    Number.isFinite(sumOfSquares) && slope.every(Number.isFinite) && curvature.data.every(Number.isFinite)
  );
}

/** Parameters at an end of the box that the gradient pushes outwards. */
function heldByBox(
  theta: Float64Array,
  slope: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): boolean[] {
  return Array.from(theta, (value, j) => {
    const g = slope[j]!;
    return (value <= lower[j]! && g > 0) || (value >= upper[j]! && g < 0);
  });
}

function largestCosine(
  { sumOfSquares, slope, curvature }: NormalEquations,
  held: readonly boolean[],
): number {
  let largest = 0;
  for (let j = 0; j < slope.length; j++) {
    const square = curvature.data[j + j * slope.length]! * sumOfSquares;
    if (held[j] || square === 0) continue;
    largest = Math.max(largest, Math.abs(slope[j]!) / Math.sqrt(square));
  }
  return largest;
}

/** Where the damped model is smallest inside the box, up to the parameters that are held; nothing if it has no minimum. */
function boundedStep(
  theta: Float64Array,
  { slope, curvature }: NormalEquations,
  held: readonly boolean[],
  damping: number,
  scale: Float64Array,
  { lower, upper }: { readonly lower: Float64Array; readonly upper: Float64Array },
): Float64Array | undefined {
  const size = theta.length;
  const next = theta.slice();
  let moving = Array.from(theta.keys()).filter((j) => !held[j]);
  const settled: number[] = [];
  while (moving.length > 0) {
    const system = matrix(moving.length, moving.length);
    const right = new Float64Array(moving.length);
    moving.forEach((j, u) => {
      moving.forEach((k, v) => {
        system.data[u + v * moving.length] = curvature.data[j + k * size]!;
      });
      const own = scale[j]!;
      system.data[u + u * moving.length] = curvature.data[j + j * size]! + damping * (own || 1);
      let sum = -slope[j]!;
      for (const k of settled) {
        sum -= curvature.data[j + k * size]! * (next[k]! - theta[k]!);
      }
      right[u] = sum;
    });
    const step = cholesky(system)?.solve(right);
    if (step === undefined) return undefined;
    moving.forEach((j, u) => {
      next[j] = theta[j]! + step[u]!;
    });
    const outside = moving.filter((j) => !(next[j]! >= lower[j]! && next[j]! <= upper[j]!));
    if (outside.length === 0) break;
    for (const j of outside) {
      next[j] = Math.min(upper[j]!, Math.max(lower[j]!, next[j]!));
      settled.push(j);
    }
    moving = moving.filter((j) => !outside.includes(j));
  }
  return next.every(Number.isFinite) ? next : undefined;
}

/** How much the undamped model decreases. */
function promise(theta: Float64Array, next: Float64Array, { slope, curvature }: NormalEquations): number {
  const size = theta.length;
  const step = next.map((value, j) => value - theta[j]!);
  let sum = 0;
  for (let j = 0; j < size; j++) {
    let row = 2 * slope[j]!;
    for (let k = 0; k < size; k++) row += curvature.data[j + k * size]! * step[k]!;
    sum -= row * step[j]!;
  }
  return sum;
}

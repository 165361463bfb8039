import type { EmSums } from '../passes/em-pass.ts';
import type { Coordinates } from '../problem/coordinates.ts';
import type { Problem } from '../problem/problem.ts';
import { intoBounds } from './limits.ts';
import { shrunkStep } from './shrunk-step.ts';
import { solveSemidefinite } from './solve.ts';

/** The point that a step of some length, 1 unless shortened, leads to. */
export type EmMove = (length: number) => Float64Array;

/**
 * The M-step: where EM goes from a point, given the sums of a pass there.
 *
 * Experts move by a scoring step on $\sum_i w_i r_{ie} \log f_{ie}$: where outputs are linear that is weighted least
 * squares, exactly, taken from the residuals so that no digits are lost; elsewhere a shorter step is a damped one. The gate moves by a scoring step (IRLS) on
 * $\sum_i w_i \sum_e r_{ie} \log g_{ie}$. Whatever is not exact can be shortened, and for a step short enough the
 * likelihood cannot fall: generalised EM.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994).
 */
export function emMove(problem: Problem, at: Float64Array, sums: EmSums): EmMove {
  const { coordinates, isLeastSquares, penalty } = problem;
  const { firstExpert: gateSize, firstNoise, noises } = coordinates;
  const absolute = penalty?.hasKinks ? penalty.at(at).absolute : undefined;
  const stepOf = (a: Float64Array, b: Float64Array, from: number) => {
    if (absolute === undefined) return solveSemidefinite(a, b);
    const own = (of: Float64Array) => of.subarray(from, from + b.length);
    return shrunkStep(a, b, own(at), own(absolute));
  };
  const gateStep = stepOf(sums.gate.information, sums.gate.gradient, 0);
  const size = firstNoise - gateSize;
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (const each of sums.experts) {
    each.gradient.forEach((value, j) => {
      gradient[j] = gradient[j]! + value;
    });
    each.information.forEach((value, j) => {
      information[j] = information[j]! + value;
    });
  }
  const full = stepOf(information, gradient, gateSize);

  return (length) => {
    const expertStep =
      isLeastSquares || length === 1
        ? full
        : absolute === undefined
          ? damped(information, gradient, 1 / length - 1)
          : full.map((step) => length * step);
    const next = at.slice();
    gateStep.forEach((step, j) => {
      next[j] = next[j]! + length * step;
    });
    expertStep.forEach((step, j) => {
      const place = gateSize + j;
      next[place] = next[place]! + step;
    });
    if (noises === 0) return intoBounds(problem, next);
    const isExact = problem.family.isLeastSquares === true && penalty === undefined;
    const moves = isExact ? deviationMoves : dispersionMoves;
    moves(sums, coordinates, expertStep, length).forEach((move, s) => {
      next[firstNoise + s] = at[firstNoise + s]! + move;
    });
    return intoBounds(problem, next);
  };
}

/** What a move of $\log\varphi$ is made from, of all experts or of each. */
type DispersionMoves = (
  sums: EmSums,
  coordinates: Coordinates,
  expertStep: Float64Array,
  length: number,
) => number[];

/** Of a deviation exactly: RSS / sigma^2 after the step, of outputs linearised at the point. */
const deviationMoves: DispersionMoves = (sums, coordinates, expertStep) => {
  const squares = sums.experts.map((each, e) => {
    const linear = each.gradient.reduce((sum, value, j) => sum + value * expertStep[j]!, 0);
    const curved = quadratic(each.information, expertStep);
    return Math.max(0, sums.dispersion.slopes[e]! + sums.sizes[e]! - 2 * linear + curved);
  });
  return pooled(coordinates, squares, sums.sizes).map(([square, weight]) =>
    weight === 0 ? 0 : 0.5 * Math.log(square / weight),
  );
};

/** A Newton step of one number, at most by a factor of e. */
const dispersionMoves: DispersionMoves = (
  { dispersion: { slopes, curvatures } },
  coordinates,
  _step,
  length,
) =>
  pooled(coordinates, slopes, curvatures).map(([slope, curvature]) => {
    const step = curvature > Math.abs(slope) ? slope / curvature : Math.sign(slope);
    return length * step;
  });

/** Sums over the experts that have a dispersion together. */
function pooled(
  { noises, noiseOf, firstNoise }: Coordinates,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): [number, number][] {
  const pairs = Array.from({ length: noises }, (): [number, number] => [0, 0]);
  noiseOf.forEach((place, e) => {
    const pair = pairs[place - firstNoise];
    if (pair === undefined) return;
    pair[0] += a[e]!;
    pair[1] += b[e]!;
  });
  return pairs;
}

/** $(A + \lambda\, \mathrm{diag} A)^{-1} b$: a shorter step, and nearer to the gradient (Levenberg and Marquardt). */
function damped(a: Float64Array, b: Float64Array, damping: number): Float64Array {
  const raised = a.slice();
  for (let j = 0; j < b.length; j++) raised[j + j * b.length] = raised[j + j * b.length]! * (1 + damping);
  return solveSemidefinite(raised, b);
}

/** $v^\top A v$ from the lower triangle. */
function quadratic(a: Float64Array, v: Float64Array): number {
  const n = v.length;
  let sum = 0;
  for (let j = 0; j < n; j++) {
    sum += a[j + j * n]! * v[j]! * v[j]!;
    for (let i = j + 1; i < n; i++) sum += 2 * a[i + j * n]! * v[i]! * v[j]!;
  }
  return sum;
}

import type { EmSums } from '../passes/em-pass.ts';
import { logSigmaOf, type Problem } from '../problem/problem.ts';
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
  const { coordinates, linearOutputs, logSigmaFloor } = problem;
  const { firstExpert: gateSize, firstNoise, noises } = coordinates;
  const gateStep = solveSemidefinite(sums.gate.information, sums.gate.gradient);
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
  const full = solveSemidefinite(information, gradient);

  return (length) => {
    const expertStep = linearOutputs || length === 1 ? full : damped(information, gradient, 1 / length - 1);
    const next = at.slice();
    gateStep.forEach((step, j) => {
      next[j] = next[j]! + length * step;
    });
    expertStep.forEach((step, j) => {
      const place = gateSize + j;
      next[place] = next[place]! + step;
    });
    if (noises === 0) return next;
    // RSS / sigma^2 after the step, of outputs linearised at the point.
    const squares = sums.experts.map((each, e) => {
      const linear = each.gradient.reduce((sum, value, j) => sum + value * expertStep[j]!, 0);
      const curved = quadratic(each.information, expertStep);
      return Math.max(0, sums.squares[e]! - 2 * linear + curved);
    });
    for (let s = 0; s < noises; s++) {
      const [square, weight] =
        noises === 1
          ? [squares.reduce((a, b) => a + b, 0), sums.sizes.reduce((a, b) => a + b, 0)]
          : [squares[s]!, sums.sizes[s]!];
      if (weight === 0) continue;
      const moved = logSigmaOf(problem, at, s) + 0.5 * Math.log(square / weight);
      next[firstNoise + s] = Math.max(moved, logSigmaFloor);
    }
    return next;
  };
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

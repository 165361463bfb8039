/**
 * Minimises $\sum_k w_k \lVert r_k + J_k\theta \rVert^{q_k}$, $q_k \ge 1$: convex, with a kink where a norm with $q_k < 2$
 * vanishes.
 *
 * Newton's method with $\lVert r \rVert^2 + \epsilon^2$ under the root and a falling $\epsilon$. The kinks themselves are
 * among the points that the caller compares with the result.
 */
import { cholesky, matrix } from '@tfjs-moe/numerics';

/** A term with its weight and exponent; its Jacobian has one row per entry of the residual. */
export interface ConvexTerm {
  readonly weight: number;
  readonly exponent: number;
  readonly residual: readonly number[];
  readonly jacobian: readonly (readonly number[])[];
}

const SMOOTHINGS = [1e-1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10];
const STEPS = 40;
const HALVINGS = 40;

export function minimiseConvex(terms: readonly ConvexTerm[], start: readonly number[]): number[] {
  let theta = [...start];
  const largest = terms.reduce((max, term) => Math.max(max, Math.hypot(...residualOf(term, start))), 0);
  if (largest === 0) return theta;
  for (const smoothing of SMOOTHINGS) {
    const epsilon = smoothing * largest;
    for (let step = 0; step < STEPS; step++) {
      const moved = newtonStep(terms, theta, epsilon);
      if (moved === undefined) break;
      theta = moved;
    }
  }
  return theta;
}

/** A step that lowers the objective, or nothing. */
function newtonStep(
  terms: readonly ConvexTerm[],
  theta: readonly number[],
  epsilon: number,
): number[] | undefined {
  const { value, gradient, hessian } = derivatives(terms, theta, epsilon);
  const dim = theta.length;
  const trace = hessian.reduce((sum, row, p) => sum + (row[p] as number), 0);
  const system = matrix(dim, dim);
  for (let p = 0; p < dim; p++) {
    for (let q = 0; q < dim; q++) system.data[p + q * dim] = (hessian[p] as number[])[q] as number;
    // Directions that nothing depends on stay where they are.
    system.data[p + p * dim] = (system.data[p + p * dim] as number) + 1e-13 * trace + Number.MIN_VALUE;
  }
  const direction = cholesky(system)?.solve(gradient);
  if (direction === undefined) return undefined;
  const decrease = gradient.reduce((sum, entry, p) => sum + entry * (direction[p] as number), 0);
  if (!(decrease > 1e-15 * value)) return undefined;
  for (let halving = 0, length = 1; halving < HALVINGS; halving++, length /= 2) {
    const moved = theta.map((entry, p) => entry - length * (direction[p] as number));
    if (smoothed(terms, moved, epsilon) <= value - 1e-4 * length * decrease) return moved;
  }
  return undefined;
}

function derivatives(terms: readonly ConvexTerm[], theta: readonly number[], epsilon: number) {
  const dim = theta.length;
  const gradient = new Array<number>(dim).fill(0);
  const hessian = Array.from({ length: dim }, () => new Array<number>(dim).fill(0));
  let value = 0;
  for (const term of terms) {
    const { weight, exponent, jacobian } = term;
    const residual = residualOf(term, theta);
    const square = residual.reduce((sum, entry) => sum + entry * entry, epsilon * epsilon);
    const first = weight * exponent * square ** (exponent / 2 - 1);
    const second = (first * (exponent - 2)) / square;
    value += weight * square ** (exponent / 2);
    // J' r, and J' J + second J' r r' J.
    const along = gradient.map((_, p) => dotColumn(jacobian, p, residual));
    for (let p = 0; p < dim; p++) {
      gradient[p] = (gradient[p] as number) + first * (along[p] as number);
      const row = hessian[p] as number[];
      for (let q = 0; q < dim; q++) {
        const inner = jacobian.reduce(
          (sum, entries) => sum + (entries[p] as number) * (entries[q] as number),
          0,
        );
        row[q] = (row[q] as number) + first * inner + second * (along[p] as number) * (along[q] as number);
      }
    }
  }
  return { value, gradient, hessian };
}

function smoothed(terms: readonly ConvexTerm[], theta: readonly number[], epsilon: number): number {
  let value = 0;
  for (const term of terms) {
    const square = residualOf(term, theta).reduce((sum, entry) => sum + entry * entry, epsilon * epsilon);
    value += term.weight * square ** (term.exponent / 2);
  }
  return value;
}

function residualOf({ residual, jacobian }: ConvexTerm, theta: readonly number[]): number[] {
  return residual.map((value, row) =>
    (jacobian[row] as readonly number[]).reduce((sum, entry, p) => sum + entry * (theta[p] as number), value),
  );
}

function dotColumn(jacobian: readonly (readonly number[])[], p: number, residual: readonly number[]): number {
  return jacobian.reduce((sum, row, r) => sum + (row[p] as number) * (residual[r] as number), 0);
}

import { cholesky, type Matrix, matrix } from '@tfjs-moe/numerics';

/** A term with its weight and exponent; its Jacobian has one row per entry of the residual. */
export interface ConvexTerm {
  readonly weight: number;
  readonly exponent: number;
  readonly residual: readonly number[];
  readonly jacobian: readonly (readonly number[])[];
}

const SMOOTHINGS = [1e-1, 1e-3, 1e-5, 1e-7, 1e-10];
const STEPS = 40;
const HALVINGS = 40;

/**
 * Minimises $\sum_k w_k \lVert r_k + J_k\theta \rVert^{q_k}$, $q_k \ge 1$: convex, with a kink where a norm with $q_k < 2$
 * vanishes.
 *
 * Newton's method with $\lVert r \rVert^2 + \epsilon^2$ under the root and a falling $\epsilon$. The kinks themselves are
 * among the points that the caller compares with the result.
 */
export function minimiseConvex(terms: readonly ConvexTerm[], start: readonly number[]): number[] {
  let theta = [...start];
  const scale = Math.sqrt(Math.max(0, ...terms.map((term) => squareAt(term, start, []))));
  if (scale === 0) return theta;
  for (const smoothing of SMOOTHINGS) {
    for (let step = 0; step < STEPS; step++) {
      const moved = newtonStep(terms, theta, smoothing * scale);
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
  const direction = cholesky(hessian)?.solve(gradient);
  if (direction === undefined) return undefined;
  const decrease = gradient.reduce((sum, entry, p) => sum + entry * direction[p]!, 0);
  if (!(decrease > 1e-13 * value)) return undefined;
  for (let halving = 0, length = 1; halving < HALVINGS; halving++, length /= 2) {
    const moved = theta.map((entry, p) => entry - length * direction[p]!);
    if (smoothed(terms, moved, epsilon) <= value - 1e-4 * length * decrease) return moved;
  }
  return undefined;
}

function derivatives(terms: readonly ConvexTerm[], theta: readonly number[], epsilon: number) {
  const dim = theta.length;
  const gradient = new Float64Array(dim);
  const hessian = matrix(dim, dim);
  const along = new Float64Array(dim);
  let value = 0;
  for (const term of terms) {
    const { weight, exponent, jacobian } = term;
    const residual: number[] = [];
    const square = epsilon * epsilon + squareAt(term, theta, residual);
    const first = weight * exponent * square ** (exponent / 2 - 1);
    const second = (first * (exponent - 2)) / square;
    value += weight * square ** (exponent / 2);
    along.fill(0);
    for (let row = 0; row < residual.length; row++) {
      const entries = jacobian[row]!;
      for (let p = 0; p < dim; p++) {
        const entry = entries[p]!;
        if (entry === 0) continue;
        along[p] = along[p]! + entry * residual[row]!;
        for (let q = 0; q < dim; q++) addTo(hessian, p, q, first * entry * entries[q]!);
      }
    }
    for (let p = 0; p < dim; p++) {
      gradient[p] = gradient[p]! + first * along[p]!;
      for (let q = 0; q < dim; q++) addTo(hessian, p, q, second * along[p]! * along[q]!);
    }
  }
  let trace = 0;
  for (let p = 0; p < dim; p++) trace += hessian.data[p + p * dim]!;
  // Directions that nothing depends on stay where they are.
  for (let p = 0; p < dim; p++) addTo(hessian, p, p, 1e-13 * trace + Number.MIN_VALUE);
  return { value, gradient, hessian };
}

function smoothed(terms: readonly ConvexTerm[], theta: readonly number[], epsilon: number): number {
  let value = 0;
  for (const term of terms) {
    value += term.weight * (epsilon * epsilon + squareAt(term, theta, [])) ** (term.exponent / 2);
  }
  return value;
}

/** $\lVert r + J\theta \rVert^2$, its entries added to a list. */
function squareAt({ residual, jacobian }: ConvexTerm, theta: readonly number[], into: number[]): number {
  let square = 0;
  for (let row = 0; row < residual.length; row++) {
    let value = residual[row]!;
    const entries = jacobian[row]!;
    for (let p = 0; p < theta.length; p++) value += entries[p]! * theta[p]!;
    into.push(value);
    square += value * value;
  }
  return square;
}

function addTo(to: Matrix, row: number, column: number, value: number): void {
  const at = row + column * to.rows;
  to.data[at] = to.data[at]! + value;
}

import type { Checkpoint } from '../checkpoint.ts';
import { column, expectFinite, type Matrix, matrix, norm } from './matrix.ts';

/** A QR factorisation with column pivoting. */
export interface PivotedQr {
  /** R: upper trapezoidal, min(rows, columns) x columns. */
  readonly r: Matrix;
  /** Column j of AP is column `permutation[j]` of A. */
  readonly permutation: Int32Array;
  /** $Q^\top v$, in place. */
  applyTransposed(v: Float64Array): void;
  /** $Q v$, in place. */
  apply(v: Float64Array): void;
}

/**
 * QR factorisation with column pivoting: $A P = Q R$, the diagonal of R falling in size.
 *
 * The cheap way to see which columns carry a matrix and which nearly depend on them; the first step of the singular
 * values, of least squares and of rank certificates. Backward stable whatever the rank. It does not decide a rank:
 * below about $10^{-15}$ of the largest entry, float64 holds rounding only.
 *
 * Factors a matrix, which is left as it is.
 *
 * Source: Businger and Golub (1965); the update of column norms is that of Drmac and Bujanovic, "On the Failure of
 * Rank-Revealing QR Factorization Software" (2008).
 *
 * @param checkpoint called at every step; whatever it throws ends the work
 */
export function pivotedQr(a: Matrix, checkpoint?: Checkpoint): PivotedQr {
  expectFinite('pivotedQr', a);
  const { rows, columns } = a;
  const steps = Math.min(rows, columns);
  // Reflectors I - tau v v' below the diagonal, with v's leading 1 implied; R above.
  const work = matrix(rows, columns, a.data.slice());
  const tau = new Float64Array(steps);
  const permutation = Int32Array.from({ length: columns }, (_, j) => j);
  const norms = Float64Array.from({ length: columns }, (_, j) => norm(column(work, j)));
  const fresh = norms.slice();

  for (let step = 0; step < steps; step++) {
    checkpoint?.(4 * (rows - step) * (columns - step));
    let best = step;
    for (let j = step + 1; j < columns; j++) if (norms[j]! > norms[best]!) best = j;
    if (best !== step) {
      swapColumns(work, step, best);
      for (const list of [permutation, norms, fresh]) [list[step], list[best]] = [list[best]!, list[step]!];
    }
    const pivot = column(work, step);
    tau[step] = makeReflector(pivot, step);
    for (let j = step + 1; j < columns; j++) {
      const other = column(work, j);
      reflect(pivot, step, tau[step]!, other);
      if (norms[j] === 0) continue;
      const part = Math.abs(other[step]!) / norms[j]!;
      const left = Math.max(0, (1 + part) * (1 - part));
      // A downdated norm loses its digits by cancellation: then take it anew.
      if (left * (norms[j]! / fresh[j]!) ** 2 <= 1.5e-8) {
        norms[j] = norm(other, step + 1, rows);
        fresh[j] = norms[j]!;
      } else norms[j] = norms[j]! * Math.sqrt(left);
    }
  }

  const r = matrix(steps, columns);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i <= Math.min(j, steps - 1); i++) r.data[i + j * steps] = work.data[i + j * rows]!;
  }
  const each = (step: number, v: Float64Array) => reflect(column(work, step), step, tau[step]!, v);
  return {
    r,
    permutation,
    applyTransposed(v) {
      for (let step = 0; step < steps; step++) each(step, v);
    },
    apply(v) {
      for (let step = steps - 1; step >= 0; step--) each(step, v);
    },
  };
}

/** Turns the part of a column from `step` on into a reflector that maps it to a multiple of the unit vector. */
function makeReflector(pivot: Float64Array, step: number): number {
  const head = pivot[step]!;
  const tail = norm(pivot, step + 1);
  if (tail === 0) return 0;
  const beta = head >= 0 ? -Math.hypot(head, tail) : Math.hypot(head, tail);
  for (let i = step + 1; i < pivot.length; i++) pivot[i] = pivot[i]! / (head - beta);
  pivot[step] = beta;
  return (beta - head) / beta;
}

function reflect(pivot: Float64Array, step: number, tau: number, v: Float64Array): void {
  if (tau === 0) return;
  let sum = v[step]!;
  for (let i = step + 1; i < v.length; i++) sum += pivot[i]! * v[i]!;
  sum *= tau;
  v[step] = v[step]! - sum;
  for (let i = step + 1; i < v.length; i++) v[i] = v[i]! - sum * pivot[i]!;
}

function swapColumns(a: Matrix, i: number, j: number): void {
  const kept = column(a, i).slice();
  column(a, i).set(column(a, j));
  column(a, j).set(kept);
}

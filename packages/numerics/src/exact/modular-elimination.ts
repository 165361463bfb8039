/**
 * Gaussian elimination modulo a prime below $2^{26}$, in float64, where products and sums of such residues are exact.
 */
import { type Checkpoint, operations } from '../checkpoint.ts';
import { powerModulo } from './prime-field.ts';

/** Whether a list of pivot columns is better than another: more pivots, or earlier ones. */
export function isBetter(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return a.length > b.length;
  const differs = a.findIndex((column, i) => column !== b[i]);
  return differs >= 0 && a[differs]! < b[differs]!;
}

/** Reduced row echelon form in place, pivots from the left; returns the pivot columns. */
export function reduce(rows: Float64Array[], prime: number, checkpoint?: Checkpoint): number[] {
  const columns = rows[0]?.length ?? 0;
  const pivots: number[] = [];
  for (let column = 0; column < columns && pivots.length < rows.length; column++) {
    checkpoint?.(operations.residue * rows.length);
    const rank = pivots.length;
    const found = rows.findIndex((row, i) => i >= rank && row[column] !== 0);
    if (found < 0) continue;
    const pivot = rows[found]!;
    rows[found] = rows[rank]!;
    rows[rank] = pivot;
    const inverse = powerModulo(pivot[column]!, prime - 2, prime);
    for (let j = column; j < columns; j++) pivot[j] = (pivot[j]! * inverse) % prime;
    for (const row of rows) {
      if (row === pivot || row[column] === 0) continue;
      checkpoint?.((operations.residue / 2) * (columns - column));
      eliminate(row, pivot, column, prime);
    }
    pivots.push(column);
  }
  return pivots;
}

/** Subtracts a multiple of the pivot row, whose leading entry is 1. */
function eliminate(row: Float64Array, pivot: Float64Array, column: number, prime: number): void {
  const factor = prime - row[column]!;
  const inverse = 1 / prime;
  for (let j = column; j < row.length; j++) {
    const entry = pivot[j]!;
    if (entry === 0) continue;
    // Below 2^53, hence exact; the quotient may be off by one. Much faster than the remainder operator.
    const sum = row[j]! + factor * entry;
    const rest = sum - Math.floor(sum * inverse) * prime;
    row[j] = rest < 0 ? rest + prime : rest >= prime ? rest - prime : rest;
  }
}

/**
 * Loops over columns of one block of rows: the inner loops of every likelihood pass.
 *
 * Nothing is allocated, and a block is short enough that all its columns stay in the cache.
 */
import { expOfNegative } from './exp-of-negative.ts';

/** $\sum_i a_i b_i$: four sums at a time, or each addition would wait for the one before. */
export function dot(a: Float64Array, b: Float64Array, rows: number): number {
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    p += a[i]! * b[i]!;
    q += a[i + 1]! * b[i + 1]!;
    r += a[i + 2]! * b[i + 2]!;
    s += a[i + 3]! * b[i + 3]!;
  }
  for (; i < rows; i++) p += a[i]! * b[i]!;
  return p + q + (r + s);
}

/** out = a b. */
export function multiply(out: Float64Array, a: Float64Array, b: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) out[i] = a[i]! * b[i]!;
}

/** out += a b. */
export function addProduct(out: Float64Array, a: Float64Array, b: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) out[i] = out[i]! + a[i]! * b[i]!;
}

/**
 * A softmax over columns, row by row: each becomes $e^{z_e} / \sum_j e^{z_j}$. The logarithm of the sum is
 * `largest + log(sum)`; it is left to the caller, who can take one logarithm for two of them. Where a row has $-\infty$ in
 * every column, its weights are zero and `largest` is $-\infty$.
 */
export function softmaxRows(
  columns: readonly Float64Array[],
  largest: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  const [first, second, third] = columns as [Float64Array, Float64Array?, Float64Array?];
  // Two and three experts, the common numbers, without loops over experts: a third of the time.
  if (columns.length === 2) softmaxOfTwo(first, second!, largest, sums, rows);
  else if (columns.length === 3) softmaxOfThree(first, second!, third!, largest, sums, rows);
  else softmaxOfMany(columns, largest, sums, rows);
}

/** Column by column: a loop over experts inside one over rows takes twice the time. */
function softmaxOfMany(
  columns: readonly Float64Array[],
  largest: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  largest.fill(-Infinity, 0, rows);
  for (const column of columns) atLeast(largest, column, rows);
  sums.fill(0, 0, rows);
  for (const column of columns) exponentiate(column, largest, sums, rows);
  for (const column of columns) divide(column, sums, rows);
  for (let i = 0; i < rows; i++) if (sums[i] === 0) sums[i] = 1;
}

function atLeast(largest: Float64Array, column: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) if (column[i]! > largest[i]!) largest[i] = column[i]!;
}

/** Each number becomes $e^{z - m}$, and is added to the sum of its row. */
function exponentiate(column: Float64Array, largest: Float64Array, sums: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const most = largest[i]!;
    const term = most === -Infinity ? 0 : expOfNegative(column[i]! - most);
    column[i] = term;
    sums[i] = sums[i]! + term;
  }
}

function divide(column: Float64Array, sums: Float64Array, rows: number): void {
  for (let i = 0; i < rows; i++) column[i] = sums[i] === 0 ? 0 : column[i]! / sums[i]!;
}

function softmaxOfTwo(
  a: Float64Array,
  b: Float64Array,
  largest: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const u = a[i]!;
    const v = b[i]!;
    const most = Math.max(u, v);
    const small = most === -Infinity ? 0 : expOfNegative(Math.min(u, v) - most);
    const inverse = most === -Infinity ? 0 : 1 / (1 + small);
    a[i] = u > v ? inverse : small * inverse;
    b[i] = u > v ? small * inverse : inverse;
    largest[i] = most;
    sums[i] = 1 + small;
  }
}

function softmaxOfThree(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  largest: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const u = a[i]!;
    const v = b[i]!;
    const w = c[i]!;
    const most = Math.max(u, v, w);
    largest[i] = most;
    sums[i] = 1;
    if (most === -Infinity) {
      a[i] = b[i] = c[i] = 0;
      continue;
    }
    const p = u === most ? 1 : expOfNegative(u - most);
    const q = v === most ? 1 : expOfNegative(v - most);
    const r = w === most ? 1 : expOfNegative(w - most);
    const sum = p + q + r;
    const inverse = 1 / sum;
    a[i] = p * inverse;
    b[i] = q * inverse;
    c[i] = r * inverse;
    sums[i] = sum;
  }
}

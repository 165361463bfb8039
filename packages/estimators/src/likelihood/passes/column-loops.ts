/**
 * Loops over columns of one block of rows: the inner loops of every likelihood pass.
 *
 * Nothing is allocated, and a block is short enough that all its columns stay in the cache.
 */

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

function softmaxOfMany(
  columns: readonly Float64Array[],
  largest: Float64Array,
  sums: Float64Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    let most = -Infinity;
    for (const column of columns) if (column[i]! > most) most = column[i]!;
    let sum = 0;
    for (const column of columns) {
      const term = most === -Infinity ? 0 : Math.exp(column[i]! - most);
      column[i] = term;
      sum += term;
    }
    for (const column of columns) column[i] = sum === 0 ? 0 : column[i]! / sum;
    largest[i] = most;
    sums[i] = sum || 1;
  }
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
    const small = most === -Infinity ? 0 : Math.exp(Math.min(u, v) - most);
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
    const p = u === most ? 1 : Math.exp(u - most);
    const q = v === most ? 1 : Math.exp(v - most);
    const r = w === most ? 1 : Math.exp(w - most);
    const sum = p + q + r;
    const inverse = 1 / sum;
    a[i] = p * inverse;
    b[i] = q * inverse;
    c[i] = r * inverse;
    sums[i] = sum;
  }
}

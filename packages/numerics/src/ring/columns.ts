import { MoeError } from '@tfjs-moe/core';
import { type Elementary, elementary } from '../activations/elementary.ts';
import type { Order, Ring } from './ring.ts';

/** A number per point, or one for all points. */
export type Column = number | Float64Array;

/**
 * Columns: float64 numbers at N points at once, the ring behind batched derivatives.
 *
 * A column that is the same at every point is a plain number, as parameters and constants are; 0 and 1 among them cost
 * nothing. Arrays are never changed after they were made, so results may share them.
 */
export const columns: Ring<Column> = Object.freeze({
  constant: (value: number) => value,
  isZero: (a: Column) => a === 0,
  add: (a: Column, b: Column) => plus(a, b, 1),
  sub: (a: Column, b: Column) => plus(a, b, -1),
  greater: (a: Column, b: Column) => combine(a, b, (u, v) => (u > v ? 1 : 0)),
  shift: (of: readonly Column[]) => of.reduce((a, b) => combine(a, b, Math.max)),
  dot,
  derivatives,
});

/** The rows of a table as columns. */
export function columnsOf(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const features = rows[0]?.length ?? 0;
  if (rows.some(({ length }) => length !== features)) {
    throw new MoeError(
      'columnsOf',
      'rows must have equal lengths',
      rows.map(({ length }) => length),
    );
  }
  return Array.from({ length: features }, (_, f) => Float64Array.from(rows, (row) => row[f]!));
}

/** A column with one number for each of `points` points. */
export function spreadColumn(column: Column, points: number): Float64Array {
  return typeof column === 'number' ? new Float64Array(points).fill(column) : column;
}

/** $a + s b$ with $s = \pm1$: a loop of its own, because a function call per point would cost several times the sum. */
function plus(a: Column, b: Column, sign: 1 | -1): Column {
  if (b === 0) return a;
  if (typeof a === 'number') {
    if (typeof b === 'number') return a + sign * b;
    return a === 0 && sign === 1 ? b : b.map((v) => a + sign * v);
  }
  if (typeof b === 'number') return a.map((u) => u + sign * b);
  const result = new Float64Array(commonLength(a, b));
  for (let n = 0; n < result.length; n++) result[n] = a[n]! + sign * b[n]!;
  return result;
}

function combine(a: Column, b: Column, of: (u: number, v: number) => number): Column {
  if (typeof a === 'number') return typeof b === 'number' ? of(a, b) : b.map((v) => of(a, v));
  if (typeof b === 'number') return a.map((u) => of(u, b));
  const result = new Float64Array(commonLength(a, b));
  for (let n = 0; n < result.length; n++) result[n] = of(a[n]!, b[n]!);
  return result;
}

function commonLength(a: Float64Array, b: Float64Array): number {
  if (a.length === b.length) return a.length;
  throw new MoeError('columns', `two columns have different numbers of points: ${a.length} and ${b.length}`);
}

function dot(a: readonly Column[], b: readonly Column[]): Column {
  let constant = 0;
  let sum: Float64Array | undefined;
  let shared: Float64Array | undefined;
  for (let k = 0; k < a.length; k++) {
    const u = a[k]!;
    const v = b[k]!;
    if (typeof u === 'number' && typeof v === 'number') constant += u * v;
    else if (sum === undefined && shared === undefined && (u === 1 || v === 1)) {
      shared = (u === 1 ? v : u) as Float64Array;
    } else {
      sum ??=
        shared?.slice() ?? new Float64Array(typeof u === 'number' ? (v as Float64Array).length : u.length);
      accumulate(sum, u, v);
    }
  }
  sum ??= shared;
  return sum === undefined ? constant : plus(sum, constant, 1);
}

/** sum += u v */
function accumulate(sum: Float64Array, u: Column, v: Column): void {
  if (typeof u === 'number') scaleInto(sum, v as Float64Array, u);
  else if (typeof v === 'number') scaleInto(sum, u, v);
  else {
    commonLength(sum, u);
    const points = commonLength(u, v);
    for (let n = 0; n < points; n++) sum[n] = sum[n]! + u[n]! * v[n]!;
  }
}

function scaleInto(sum: Float64Array, column: Float64Array, factor: number): void {
  if (factor === 0) return;
  const points = commonLength(sum, column);
  for (let n = 0; n < points; n++) sum[n] = sum[n]! + column[n]! * factor;
}

const buffer = new Float64Array(3);

function derivatives(name: Elementary, a: Column, order: Order): Column[] {
  const of = elementary[name];
  if (typeof a === 'number') {
    of(a, buffer);
    return Array.from(buffer.subarray(0, order + 1));
  }
  const results = Array.from({ length: order + 1 }, () => new Float64Array(a.length));
  const [value, first, second] = results as [Float64Array, Float64Array?, Float64Array?];
  for (let n = 0; n < a.length; n++) {
    of(a[n]!, buffer);
    value[n] = buffer[0]!;
    if (first) first[n] = buffer[1]!;
    if (second) second[n] = buffer[2]!;
  }
  // exp is its own derivative; relu's second one is known to be zero, and products with it are left out.
  if (name === 'exp') return Array.from({ length: order + 1 }, () => value);
  return name === 'relu' && order === 2 ? [...results.slice(0, 2), 0] : results;
}

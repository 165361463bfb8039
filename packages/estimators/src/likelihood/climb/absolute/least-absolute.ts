import { firstCrossing } from './first-crossing.ts';
import { solveSquare } from './solve-square.ts';

/** $\sum_i w_i |y_i - x_i^\top u|$, by columns. */
export interface AbsoluteRows {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weights: Float64Array;
}

/** A point that meets as many rows as it has numbers. */
export interface Vertex {
  readonly at: Float64Array;
  /** The rows that it meets. */
  readonly active: readonly number[];
}

/** Pivots per number after which the search ends wherever it is: rounding could turn it in a circle. */
const MOST_PIVOTS = 500;

/**
 * Weighted least absolute deviations, exactly: from vertex to vertex along edges, each to the weighted median of the kinks on
 * it, until no edge leads downwards.
 *
 * Rows that are met by chance besides, as where responses are rounded, would stop it on the way; targets are told apart by
 * less than any digit of theirs (`apart`), and the vertex that is found is that of the targets as they are.
 *
 * Source: Barrodale and Roberts, "An Improved Algorithm for Discrete l1 Linear Approximation" (1973).
 * @param start where to begin
 * @param known rows that it meets, to begin at their vertex
 * @param pulled $\sum_i w_i \operatorname{sign}(r_i) x_i$ of further rows that stay on the side on which they are
 * @returns fewer rows than numbers where those with weight do not determine them
 */
export function leastAbsolute(
  { columns, target, weights }: AbsoluteRows,
  apart: Float64Array,
  start: Float64Array,
  known: readonly number[] = [],
  pulled: ArrayLike<number> = [],
): Vertex {
  const size = columns.length;
  const n = target.length;
  let at: Float64Array = start.slice();
  let active: number[] = [];
  if (size === 0) return { at, active };
  const rowOf = (i: number) => columns.map((column) => column[i]!);
  const meeting = (rows: readonly number[], values: (i: number) => number) =>
    solveSquare(rows.map(rowOf), rows.map(values));
  const shifted = (i: number) => target[i]! + apart[i]!;
  if (known.length === size) {
    const point = meeting(known, shifted);
    if (point !== undefined) [at, active] = [point, [...known]];
  }
  const residual = new Float64Array(n);
  const along = new Float64Array(n);
  const [places, jumps, rows] = [new Float64Array(n), new Float64Array(n), new Int32Array(n)];
  for (let pivot = 0; pivot < MOST_PIVOTS * size; pivot++) {
    const gradient = pull();
    const edge = active.length < size ? towards(gradient) : edgeDown(gradient);
    if (edge === undefined) break;
    const row = crossing(edge.direction, edge.slope);
    if (row < 0) break;
    const next = active.filter((_, a) => a !== edge.left);
    next.push(row);
    if (next.length < size) {
      const step = residual[row]! / along[row]!;
      at = at.map((value, j) => value + step * edge.direction[j]!);
      active = next;
      continue;
    }
    const point = meeting(next, shifted);
    if (point === undefined) break;
    [at, active] = [point, next];
  }
  return { at: active.length === size ? (meeting(active, (i) => target[i]!) ?? at) : at, active };

  /** $\sum_i w_i \operatorname{sign}(r_i) x_i$ over the rows that are not met. */
  function pull(): Float64Array {
    residual.fill(0);
    for (let i = 0; i < n; i++) residual[i] = shifted(i);
    columns.forEach((column, j) => {
      const factor = at[j]!;
      for (let i = 0; i < n; i++) residual[i] = residual[i]! - factor * column[i]!;
    });
    for (const i of active) residual[i] = 0;
    return Float64Array.from(columns, (column, j) => {
      let sum = pulled[j] ?? 0;
      for (let i = 0; i < n; i++) sum += weights[i]! * Math.sign(residual[i]!) * column[i]!;
      return sum;
    });
  }

  /** While fewer rows are met than there are numbers: down the slope, without leaving those. */
  function towards(gradient: Float64Array): Edge | undefined {
    const units = orthonormal(active.map(rowOf));
    const direction = gradient.slice();
    for (let pass = 0; pass < 2; pass++) for (const unit of units) takeAway(direction, unit);
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    const total = weights.reduce((sum, w) => sum + w, 0);
    if (length > 1e-12 * total)
      return { direction: direction.map((value) => value / length), slope: -length, left: -1 };
    // The sum does not change that way: any row will do.
    for (let j = 0; j < size; j++) {
      const axis = new Float64Array(size);
      axis[j] = 1;
      for (let pass = 0; pass < 2; pass++) for (const unit of units) takeAway(axis, unit);
      if (axis.some((value) => Math.abs(value) > 0.1)) return { direction: axis, slope: -1e-300, left: -1 };
    }
    return undefined;
  }

  /** The edge that leads downwards most steeply; nothing at the minimum. */
  function edgeDown(gradient: Float64Array): Edge | undefined {
    const met = active.map(rowOf);
    // $\sum_a z_a x_a = -g$; at the minimum each is at most the weight of its row.
    const pulls = solveSquare(
      columns.map((_, j) => met.map((row) => row[j]!)),
      Array.from(gradient, (value) => -value),
    );
    if (pulls === undefined) return undefined;
    let left = -1;
    let worst = 0;
    pulls.forEach((value, a) => {
      const over = Math.abs(value) - weights[active[a]!]! * (1 + 1e-10);
      if (over > worst) [left, worst] = [a, over];
    });
    if (left < 0) return undefined;
    const sign = pulls[left]! > 0 ? -1 : 1;
    const direction = solveSquare(
      met,
      met.map((_, a) => (a === left ? sign : 0)),
    );
    return direction && { direction, slope: -worst, left };
  }

  /** The row at which the sum stops falling along a direction. */
  function crossing(direction: Float64Array, slope: number): number {
    along.fill(0);
    columns.forEach((column, j) => {
      const factor = direction[j]!;
      for (let i = 0; i < n; i++) along[i] = along[i]! + factor * column[i]!;
    });
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (!(weights[i]! > 0)) continue;
      const place = residual[i]! / along[i]!;
      if (!(place > 0 && place < Infinity)) continue;
      places[count] = place;
      jumps[count] = 2 * weights[i]! * Math.abs(along[i]!);
      rows[count++] = i;
    }
    return firstCrossing(places, jumps, rows, count, slope);
  }
}

/** A way down, and which of the rows that are met it leaves; -1 for none. */
interface Edge {
  readonly direction: Float64Array;
  readonly slope: number;
  readonly left: number;
}

function orthonormal(rows: readonly (readonly number[])[]): Float64Array[] {
  const units: Float64Array[] = [];
  for (const row of rows) {
    const rest = Float64Array.from(row);
    for (let pass = 0; pass < 2; pass++) for (const unit of units) takeAway(rest, unit);
    const length = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) units.push(rest.map((value) => value / length));
  }
  return units;
}

function takeAway(vector: Float64Array, unit: Float64Array): void {
  let along = 0;
  for (let j = 0; j < vector.length; j++) along += vector[j]! * unit[j]!;
  for (let j = 0; j < vector.length; j++) vector[j] = vector[j]! - along * unit[j]!;
}

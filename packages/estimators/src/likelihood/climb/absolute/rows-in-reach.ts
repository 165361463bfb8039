import { type AbsoluteRows, leastAbsolute, type Vertex } from './least-absolute.ts';

/** Below so many rows nothing is gained. */
const MANY_ROWS = 20_000;
/** Part of the rows that are looked at, those that are nearest to being met. */
const PART = 0.03;
/** Rows between two that say how near that is. */
const STRIDE = 97;
/** Regions that are looked at one after the other, before all rows are. */
const MOST_REGIONS = 8;

/**
 * The same as `leastAbsolute`, of many rows faster where the start is near: no number can change by more than some reach
 * without leaving the region, and a row whose residual is larger than that can make of it stays on its side there. All of
 * those together are one pull, and only the others have kinks. A minimum inside the region is that of all rows, since the sum
 * is convex; one outside is the start of another region.
 *
 * Source: Portnoy and Koenker, "The Gaussian hare and the Laplacian tortoise" (1997), section 5.
 */
export function leastAbsoluteOfMany(
  rows: AbsoluteRows,
  apart: Float64Array,
  start: Float64Array,
  known: readonly number[] = [],
): Vertex {
  if (rows.target.length < MANY_ROWS) return leastAbsolute(rows, apart, start, known);
  let from = start;
  for (let region = 0; region < MOST_REGIONS; region++) {
    const { near, pulled, reach } = inReach(rows, from);
    const taken = (column: Float64Array) => Float64Array.from(near, (row) => column[row]!);
    const own = {
      columns: rows.columns.map(taken),
      target: taken(rows.target),
      weights: taken(rows.weights),
    };
    const met = known.map((row) => near.indexOf(row));
    const found = leastAbsolute(own, taken(apart), from, met.includes(-1) ? [] : met, pulled);
    if (found.active.length < rows.columns.length) break;
    if (found.at.every((value, j) => Math.abs(value - from[j]!) < 0.99 * reach))
      return { at: found.at, active: found.active.map((row) => near[row]!) };
    from = found.at.map((value, j) => from[j]! + Math.max(-4 * reach, Math.min(4 * reach, value - from[j]!)));
  }
  return leastAbsolute(rows, apart, start, known);
}

interface Reach {
  /** How far every number may change. */
  readonly reach: number;
  /** The rows that can be met on the way. */
  readonly near: Int32Array;
  /** $\sum_i w_i \operatorname{sign}(r_i) x_i$ of the others. */
  readonly pulled: Float64Array;
}

function inReach({ columns, target, weights }: AbsoluteRows, at: Float64Array): Reach {
  const n = target.length;
  const residual = target.slice();
  const size = new Float64Array(n);
  columns.forEach((column, j) => {
    const factor = at[j]!;
    for (let i = 0; i < n; i++) {
      residual[i] = residual[i]! - factor * column[i]!;
      size[i] = size[i]! + Math.abs(column[i]!);
    }
  });
  const steps: number[] = [];
  for (let i = 0; i < n; i += STRIDE)
    if (weights[i]! > 0 && size[i]! > 0) steps.push(Math.abs(residual[i]!) / size[i]!);
  const sorted = Float64Array.from(steps).sort();
  const reach = sorted[Math.floor(PART * sorted.length)] ?? Infinity;
  const near = new Int32Array(n);
  let count = 0;
  const signed = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (Math.abs(residual[i]!) <= reach * size[i]!) near[count++] = i;
    else signed[i] = residual[i]! > 0 ? weights[i]! : -weights[i]!;
  }
  const pulled = Float64Array.from(columns, (column) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += signed[i]! * column[i]!;
    return sum;
  });
  return { reach, near: near.slice(0, count), pulled };
}

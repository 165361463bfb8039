import { MoeError } from '@tfjs-moe/core';

/** Part of the total below which a remainder is rounding. */
const ROUNDING = 1e-14;

/**
 * The least cost of moving masses to others of the same total, $\min_q \sum_{ij} q_{ij} c_{ij}$ over couplings q, with a q that
 * attains it: by successive shortest paths, each of which ends a supply or a demand or takes back what another moved.
 *
 * @param costs by row, not negative
 */
export function transport(
  supplies: readonly number[],
  demands: readonly number[],
  costs: readonly (readonly number[])[],
): { readonly cost: number; readonly coupling: readonly (readonly number[])[] } {
  const total = supplies.reduce((sum, mass) => sum + mass, 0);
  const [left, open] = [[...supplies], [...demands]];
  const flow = supplies.map(() => new Array<number>(demands.length).fill(0));
  const isDone = () => left.every((mass) => mass <= ROUNDING * total);
  // Every basis of the problem is visited at most once but for rounding.
  for (let step = 0; !isDone(); step++) {
    if (step > 1000 + 100 * supplies.length * demands.length)
      throw new MoeError('transport', 'no convergence', `${supplies.length} x ${demands.length}`);
    const path = shortestPath(left, open, flow, costs, ROUNDING * total);
    if (path === undefined) break;
    const { rows, columns } = path;
    let amount = Math.min(left[rows[0]!]!, open[columns.at(-1)!]!);
    for (let k = 1; k < rows.length; k++) amount = Math.min(amount, flow[rows[k]!]![columns[k - 1]!]!);
    rows.forEach((i, k) => {
      flow[i]![columns[k]!] = flow[i]![columns[k]!]! + amount;
      if (k > 0) flow[i]![columns[k - 1]!] = flow[i]![columns[k - 1]!]! - amount;
    });
    left[rows[0]!] = left[rows[0]!]! - amount;
    open[columns.at(-1)!] = open[columns.at(-1)!]! - amount;
  }
  let cost = 0;
  flow.forEach((row, i) => {
    row.forEach((mass, j) => {
      cost += mass * costs[i]![j]!;
    });
  });
  return { cost, coupling: flow };
}

/** From a row with supplies to a column with demands: rows and columns in turn. */
function shortestPath(
  left: readonly number[],
  open: readonly number[],
  flow: readonly (readonly number[])[],
  costs: readonly (readonly number[])[],
  tiny: number,
): { readonly rows: number[]; readonly columns: number[] } | undefined {
  const toRow = left.map((mass) => (mass > tiny ? 0 : Infinity));
  const toColumn = open.map(() => Infinity);
  const rowFrom = left.map(() => -1);
  const columnFrom = open.map(() => -1);
  // Bellman and Ford: edges that take back have negative costs.
  for (let round = 0, changed = true; changed && round <= left.length + open.length; round++) {
    changed = false;
    for (let i = 0; i < left.length; i++) {
      for (let j = 0; j < open.length; j++) {
        const slack = 1e-15 * (1 + Math.abs(costs[i]![j]!));
        if (toRow[i]! + costs[i]![j]! < toColumn[j]! - slack) {
          [toColumn[j], columnFrom[j], changed] = [toRow[i]! + costs[i]![j]!, i, true];
        }
        if (flow[i]![j]! > tiny && toColumn[j]! - costs[i]![j]! < toRow[i]! - slack) {
          [toRow[i], rowFrom[i], changed] = [toColumn[j]! - costs[i]![j]!, j, true];
        }
      }
    }
  }
  let end = -1;
  open.forEach((mass, j) => {
    if (mass > tiny && toColumn[j]! < (end < 0 ? Infinity : toColumn[end]!)) end = j;
  });
  if (end < 0) return undefined;
  const [rows, columns]: [number[], number[]] = [[], []];
  for (let j = end; j >= 0; j = rowFrom[rows[0]!]!) {
    columns.unshift(j);
    rows.unshift(columnFrom[j]!);
  }
  return { rows, columns };
}

/**
 * The best common factor u of the fitted masses: the minimum over $u \ge 0$ of the sum, or of the sum of the K largest, of
 * $|u M_j - m_j| + u C_j$ over the cells.
 *
 * The objective is convex and piecewise linear, so the minimum is at 0, where a term bends, or where two terms cross.
 */

/** A cell: its fitted and true mass, and what its atoms' distances cost. */
export interface CellTerm {
  readonly mass: number;
  readonly truth: number;
  readonly cost: number;
}

export interface BestFactor {
  readonly value: number;
  readonly factor: number;
}

/** The loss at a factor. */
export function lossAt(cells: readonly CellTerm[], factor: number, counted: number): number {
  const terms = cells.map(({ mass, truth, cost }) => Math.abs(factor * mass - truth) + factor * cost);
  if (counted < terms.length) terms.sort((a, b) => b - a).length = counted;
  return terms.reduce((sum, term) => sum + term, 0);
}

/** @param counted how many of the largest terms are summed */
export function bestFactor(cells: readonly CellTerm[], counted: number): BestFactor {
  const factors = cells.filter(({ mass }) => mass > 0).map(({ mass, truth }) => truth / mass);
  if (counted < cells.length) factors.push(...crossings(cells));
  let best: BestFactor = { factor: 0, value: lossAt(cells, 0, counted) };
  for (const factor of factors) {
    const value = lossAt(cells, factor, counted);
    // Of equal values the larger factor: vanishing masses are the last resort.
    if (value <= best.value) best = { factor, value };
  }
  return best;
}

/** Where the linear pieces of two terms meet. */
function crossings(cells: readonly CellTerm[]): number[] {
  const lines = cells.flatMap(({ mass, truth, cost }, cell) => [
    { cell, slope: cost - mass, level: truth },
    { cell, slope: cost + mass, level: -truth },
  ]);
  return lines
    .flatMap((a) => lines.map((b) => (a.cell < b.cell ? (b.level - a.level) / (a.slope - b.slope) : 0)))
    .filter((factor) => factor > 0 && factor < Infinity);
}

import type { Evaluate } from '../../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../../passes/value-pass.ts';
import type { Problem } from '../../problem/problem.ts';
import type { AbsolutePart } from './absolute-design.ts';
import { solveSquare } from './solve-square.ts';
import { residualsOf, type Standing } from './vertices.ts';

/** Rows times experts that may be evaluated in one search, and the most kinks on each side of a vertex along an edge. */
const MOST_EVALUATED = 2e6;
const MOST_KINKS = 6;
/** Neighbours that are worth a climb, of samples that are not large. */
const MOST_FOUND = 4;

/**
 * Vertices that differ from some by one row, the likeliest few first: along every edge the nearest kinks on both sides.
 */
export function neighbours(
  problem: Problem,
  evaluate: Evaluate,
  parts: readonly AbsolutePart[],
  { at, vertices }: Standing,
): Standing[] {
  const { n } = problem.data;
  const edges = vertices.reduce((sum, { active }) => sum + active.length, 0);
  const rows = Math.max(1, n * problem.layout.shape.experts * edges * 2);
  const kinks = Math.max(1, Math.min(MOST_KINKS, Math.floor(MOST_EVALUATED / rows)));
  const found = parts.flatMap((part, p) => {
    const { active, at: own } = vertices[p]!;
    if (active.length < part.columns.length) return [];
    const residuals = residualsOf(part, own);
    const met = active.map((i) => part.columns.map((column) => column[i]!));
    return active.flatMap((_row, a) => {
      const direction = solveSquare(
        met,
        met.map((_, b) => (a === b ? 1 : 0)),
      );
      if (direction === undefined) return [];
      return nearestKinks(part, residuals, direction, active, kinks).map(({ row, step }) => {
        const next = at.slice();
        const point = own.map((value, j) => value + step * direction[j]!);
        part.places.forEach((place, j) => {
          next[place] = point[j]!;
        });
        const changed = { at: point, active: active.map((each, b) => (b === a ? row : each)) };
        return {
          value: logLikelihoodAt(problem, evaluate, next),
          standing: { at: next, vertices: vertices.map((each, q) => (q === p ? changed : each)) },
        };
      });
    });
  });
  return found
    .sort((a, b) => b.value - a.value)
    .slice(0, Math.min(MOST_FOUND, kinks))
    .map(({ standing }) => standing);
}

/** The nearest kinks along a line, on both sides. */
function nearestKinks(
  { columns, apart }: AbsolutePart,
  residuals: Float64Array,
  direction: Float64Array,
  active: readonly number[],
  count: number,
): { readonly row: number; readonly step: number }[] {
  const sides: { row: number; step: number }[][] = [[], []];
  for (let i = 0; i < residuals.length; i++) {
    let along = 0;
    for (let j = 0; j < direction.length; j++) along += direction[j]! * columns[j]![i]!;
    const step = residuals[i]! / along;
    if (!(Math.abs(step) < Infinity) || Math.abs(residuals[i]!) <= 10 * Math.abs(apart[i]!)) continue;
    if (active.includes(i)) continue;
    const side = sides[step > 0 ? 1 : 0]!;
    if (side.length === count && Math.abs(step) >= Math.abs(side.at(-1)!.step)) continue;
    let place = side.length;
    while (place > 0 && Math.abs(side[place - 1]!.step) > Math.abs(step)) place--;
    side.splice(place, 0, { row: i, step });
    if (side.length > count) side.pop();
  }
  return sides.flat();
}

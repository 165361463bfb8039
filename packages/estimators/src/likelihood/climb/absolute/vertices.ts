import type { Evaluate } from '../../passes/mixture-rows.ts';
import { weightsOf } from '../../passes/value-pass.ts';
import { boundsAt, logDispersionOf, type Problem } from '../../problem/problem.ts';
import { within } from '../limits.ts';
import type { AbsolutePart } from './absolute-design.ts';
import type { Vertex } from './least-absolute.ts';
import { leastAbsoluteOfMany } from './rows-in-reach.ts';

/** A point with the rows that each part of the experts meets there. */
export interface Standing {
  readonly at: Float64Array;
  readonly vertices: readonly Vertex[];
}

/** $w_i r_{ie}$ at a point, a column per expert. */
function responsibilitiesAt(problem: Problem, evaluate: Evaluate, at: Float64Array): Float64Array[] {
  const columns = Array.from(
    { length: problem.layout.shape.experts },
    () => new Float64Array(problem.data.n),
  );
  for (const block of problem.source.blocks) {
    const { responsibilities } = evaluate(block, at, 0);
    const w = weightsOf(problem, block.first, block.rows);
    responsibilities.forEach((r, e) => {
      const column = columns[e]!;
      for (let i = 0; i < block.rows; i++) column[block.first + i] = w[i]! * r[i]!;
    });
  }
  return columns;
}

/**
 * The M-step of the experts: weighted least absolute deviations of every part, and then the mean absolute deviation as its
 * scale.
 */
export function vertexStep(
  problem: Problem,
  evaluate: Evaluate,
  parts: readonly AbsolutePart[],
  { at, vertices }: { readonly at: Float64Array; readonly vertices?: readonly Vertex[] | undefined },
): Standing {
  const weights = responsibilitiesAt(problem, evaluate, at);
  const next = at.slice();
  const n = problem.data.n;
  const { noises, noiseOf, firstNoise } = problem.coordinates;
  const deviations = new Float64Array(noises);
  const sizes = new Float64Array(noises);
  const found = parts.map((part, p) => {
    const { experts, places, columns, target, apart } = part;
    const own = new Float64Array(target.length);
    experts.forEach((e, k) => {
      // Of experts that are tied, rows count by the scale of their expert; of one alone that is a factor.
      const factor = experts.length > 1 ? Math.exp(-logDispersionOf(problem, at, e)) : 1;
      own.set(factor === 1 ? weights[e]! : weights[e]!.map((w) => w * factor), k * n);
    });
    const start = Float64Array.from(places, (place) => at[place]!);
    const rows = { columns, target, weights: own };
    const vertex = leastAbsoluteOfMany(rows, apart, start, vertices?.[p]?.active);
    places.forEach((place, j) => {
      next[place] = vertex.at[j]!;
    });
    const residuals = residualsOf(part, vertex.at);
    experts.forEach((e, k) => {
      const s = noiseOf[e]! - firstNoise;
      if (s < 0) return;
      for (let i = 0; i < n; i++) {
        deviations[s] = deviations[s]! + weights[e]![i]! * Math.abs(residuals[k * n + i]!);
        sizes[s] = sizes[s]! + weights[e]![i]!;
      }
    });
    return vertex;
  });
  for (let s = 0; s < noises; s++)
    if (sizes[s]! > 0)
      next[firstNoise + s] = within(boundsAt(problem, firstNoise + s), Math.log(deviations[s]! / sizes[s]!));
  return { at: next, vertices: found };
}

/** $y_i - h_i$ of every row of a part. */
export function residualsOf({ columns, target }: AbsolutePart, at: Float64Array): Float64Array {
  const residuals = target.slice();
  columns.forEach((column, j) => {
    const factor = at[j]!;
    for (let i = 0; i < residuals.length; i++) residuals[i] = residuals[i]! - factor * column[i]!;
  });
  return residuals;
}

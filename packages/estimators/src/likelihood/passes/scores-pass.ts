import { mostRows } from '../problem/part.ts';
import type { Problem } from '../problem/problem.ts';
import { addProduct, dot, multiply } from './column-loops.ts';
import type { Evaluate } from './mixture-rows.ts';
import { rowSlopes } from './row-slopes.ts';
import { unitsOf } from './value-pass.ts';

/**
 * The outer product of the scores, $J = \sum_i w_i s_i s_i^\top$ with $s_i = \nabla \log p(y_i \mid x_i)$: what the
 * sandwich has in its middle. Rows of a group have one score together, so that the sandwich is robust by groups, and those of
 * a cluster are added up before.
 *
 * Lower triangle, column-major.
 */
export function scoresPass(problem: Problem, evaluate: Evaluate, at: Float64Array): Float64Array {
  const { size } = problem.coordinates;
  const { experts } = problem.layout.shape;
  const most = mostRows(problem.source.blocks);
  const table = () => Array.from({ length: size }, () => new Float64Array(most));
  const scores = table();
  const scratch = table();
  const factor = new Float64Array(most);
  const result = new Float64Array(size * size);
  const { clusters } = problem.data;
  /** Of every cluster the sum of its scores. */
  const sums = clusters && new Float64Array(size * (1 + clusters.reduce((a, b) => Math.max(a, b), 0)));
  for (const block of problem.source.blocks) {
    const { rows } = block;
    const { parts, densities, responsibilities, weights } = evaluate(block, at, 1);
    const w = unitsOf(problem, block.first, rows);
    for (const column of scores) column.fill(0);
    for (let e = 0; e < experts; e++) {
      const { places, columns } = rowSlopes(
        problem,
        parts.logits[e]!,
        parts.outputs[e]!,
        densities[e]!,
        e,
        scratch,
        block,
      );
      places.forEach((place, a) => {
        addProduct(scores[place]!, responsibilities[e]!, columns[a]!, rows);
      });
      const { support, gradient } = parts.logits[e]!;
      for (let i = 0; i < rows; i++) factor[i] = -weights[e]![i]!;
      support.forEach((place, a) => {
        addProduct(scores[place]!, factor, gradient[a]!, rows);
      });
    }
    if (sums !== undefined) {
      scores.forEach((column, j) => {
        for (let i = 0; i < rows; i++) {
          const place = clusters![block.first + i]! * size + j;
          sums[place] = sums[place]! + (w[i]! === 0 ? 0 : w[i]! * column[i]!);
        }
      });
      continue;
    }
    for (let i = 0; i < size; i++) {
      multiply(factor, w, scores[i]!, rows);
      for (let j = 0; j <= i; j++)
        result[i + j * size] = result[i + j * size]! + dot(factor, scores[j]!, rows);
    }
  }
  if (sums !== undefined) {
    for (let from = 0; from < sums.length; from += size)
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++)
          result[i + j * size] = result[i + j * size]! + sums[from + i]! * sums[from + j]!;
  }
  return result;
}

/**
 * The log-likelihood alone, and what else a single pass over the rows can tell of a fit: expected sizes, entropy.
 */

import type { Problem } from '../problem/problem.ts';
import { dot } from './column-loops.ts';
import type { Evaluate } from './mixture-rows.ts';
import { penaltyAt } from './penalised.ts';

/** $\ell = \sum_i w_i \log p(y_i \mid x_i)$, less a penalty; $-\infty$ outside the constraints. */
export function logLikelihoodAt(problem: Problem, evaluate: Evaluate, at: Float64Array): number {
  if (!problem.isAllowed(at)) return -Infinity;
  let sum = 0;
  for (const block of problem.source.blocks) {
    const { logDensity } = evaluate(block, at, 0);
    sum += dot(unitsOf(problem, block.first, block.rows), logDensity, block.rows);
  }
  return Number.isNaN(sum) ? -Infinity : sum + problem.logScale - penaltyAt(problem, at);
}

/** The sample weights of some rows, a view. */
export function weightsOf({ data }: Problem, first: number, rows: number): Float64Array {
  return data.weights.subarray(first, first + rows);
}

/** The weights of what is drawn independently: of groups at their first rows, else of rows. */
export function unitsOf({ data }: Problem, first: number, rows: number): Float64Array {
  return data.unitWeights.subarray(first, first + rows);
}

export interface Assignments {
  /** $\sum_i w_i r_{ie}$. */
  readonly sizes: Float64Array;
  /** $\sum_i w_i g_{ie}$. */
  readonly expected: Float64Array;
  /** $-\sum_i w_i \sum_e r_{ie} \log r_{ie}$ over rows, or groups: 0 where each clearly belongs to one expert. */
  readonly entropy: number;
  /** $\max_i \min_e (1 - g_{ie})$: near 0 where the gate is a hard partition. */
  readonly softest: number;
  /** Rows that have $r_{ie}$ as their largest responsibility. */
  readonly counts: Float64Array;
  /** Groups likewise; without groups rows. */
  readonly unitCounts: Float64Array;
}

/** $\sum_i w_i r_{ie}$ alone. */
export function sizesAt(problem: Problem, evaluate: Evaluate, at: Float64Array): Float64Array {
  const sizes = new Float64Array(problem.layout.shape.experts);
  for (const block of problem.source.blocks) {
    const { responsibilities } = evaluate(block, at, 0);
    const w = weightsOf(problem, block.first, block.rows);
    responsibilities.forEach((r, e) => {
      sizes[e] = sizes[e]! + dot(w, r, block.rows);
    });
  }
  return sizes;
}

export function assignmentsAt(problem: Problem, evaluate: Evaluate, at: Float64Array): Assignments {
  const { experts } = problem.layout.shape;
  const sizes = new Float64Array(experts);
  const expected = new Float64Array(experts);
  const counts = new Float64Array(experts);
  const unitCounts = new Float64Array(experts);
  let entropy = 0;
  let softest = 0;
  for (const block of problem.source.blocks) {
    const { weights, responsibilities } = evaluate(block, at, 0);
    const w = weightsOf(problem, block.first, block.rows);
    const units = unitsOf(problem, block.first, block.rows);
    for (let i = 0; i < block.rows; i++) {
      let best = 0;
      let top = 0;
      for (let e = 0; e < experts; e++) {
        const r = responsibilities[e]![i]!;
        const g = weights[e]![i]!;
        sizes[e] = sizes[e]! + w[i]! * r;
        expected[e] = expected[e]! + w[i]! * g;
        if (r > 1e-300 && r < 1) entropy -= units[i]! * r * Math.log(r);
        if (r > responsibilities[best]![i]!) best = e;
        if (g > top) top = g;
      }
      counts[best] = counts[best]! + w[i]!;
      unitCounts[best] = unitCounts[best]! + units[i]!;
      softest = Math.max(softest, 1 - top);
    }
  }
  return { sizes, expected, entropy, softest, counts, unitCounts };
}

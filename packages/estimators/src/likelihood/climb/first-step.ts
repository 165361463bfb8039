import { type EmSums, emPass } from '../passes/em-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import type { Given } from '../problem/given.ts';
import type { Problem } from '../problem/problem.ts';
import { emMove } from './em-step.ts';

const MOST_ROUNDS = 8;
const SETTLED = 1e-3;

/**
 * The first M-step: the point that given responsibilities lead to.
 *
 * It starts from the numbers of the initializers, with the gate at zero where that is a point of its own, and repeats
 * scoring steps until the expected complete log-likelihood settles: once for linear experts, a few times for the gate
 * and for others. The gate is fitted as if it selected every expert, because responsibilities know no selection.
 */
export function firstStep(
  problem: Problem,
  evaluate: Evaluate,
  from: Float64Array,
  given: Given,
): Float64Array {
  let at = from;
  let sums: EmSums = emPass(problem, evaluate, at, given);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const move = emMove(problem, at, sums);
    let next: { at: Float64Array; sums: EmSums } | undefined;
    for (let length = 1; length > 1e-4 && next === undefined; length /= 2) {
      const point = move(length);
      if (!problem.isAllowed(point)) continue;
      const after = emPass(problem, evaluate, point, given);
      if (after.value >= sums.value) next = { at: point, sums: after };
    }
    if (next === undefined) break;
    const gain = next.sums.value - sums.value;
    ({ at, sums } = next);
    if (gain < SETTLED * problem.data.totalWeight) break;
  }
  return at;
}

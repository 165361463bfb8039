import type { Evaluate } from '../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../passes/value-pass.ts';
import { areExchangeable } from '../problem/exchangeable.ts';
import type { Given } from '../problem/given.ts';
import type { Problem } from '../problem/problem.ts';
import { firstStep } from './first-step.ts';

/** Most experts whose every order is tried. */
const MOST_PERMUTED = 3;

/**
 * Orders in which clusters can be given to experts that a structure or their families say different things of: all of few
 * experts, else those that turn them around.
 */
export function ordersOf(problem: Problem): readonly (readonly number[])[] {
  const { shape } = problem.layout;
  const all = Array.from({ length: shape.experts }, (_, e) => e);
  if (all.every((e) => areExchangeable(problem, 0, e))) return [all];
  return shape.experts <= MOST_PERMUTED
    ? permutations(all)
    : all.map((shift) => all.map((e) => (e + shift) % shape.experts));
}

/** The first step from responsibilities, given to the experts in the order that is likeliest. */
export function assignedStep(
  problem: Problem,
  evaluate: Evaluate,
  from: Float64Array,
  given: Given,
): Float64Array {
  const orders = ordersOf(problem);
  const points = orders.map((order) =>
    firstStep(
      problem,
      evaluate,
      from,
      order.map((e) => given[e]!),
    ),
  );
  if (points.length === 1) return points[0]!;
  const values = points.map((at) => logLikelihoodAt(problem, evaluate, at));
  return points[values.indexOf(Math.max(...values))]!;
}

function permutations(all: readonly number[]): number[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((first) =>
    permutations(all.filter((each) => each !== first)).map((rest) => [first, ...rest]),
  );
}

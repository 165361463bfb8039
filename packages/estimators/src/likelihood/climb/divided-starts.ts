import { columnsSeen } from '../../sample.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../passes/value-pass.ts';
import type { Problem } from '../problem/problem.ts';
import { ordersOf } from './assigned.ts';
import { divisionsOf } from './divisions/divisions.ts';
import { rounding } from './limits.ts';
import { atLimit, type SharpPoint, sharpPoint } from './sharp-gate.ts';
import type { Tried } from './tried.ts';

/** The kind of start that a division is. */
export const DIVISION = 'division';

/** Climbs from a point; instead of the climb before, where that was a first attempt of the same. */
export type Run = (kind: string, at: Float64Array, again?: boolean) => Tried;

/** How far below the best climb so far a division may be for a climb from it to be worth its time, in log-likelihood. */
const REACH = 5;

/** Most pairs of experts whose gate of the best climb so far is looked along. */
const MOST_PAIRS = 6;

/**
 * Climbs from the divisions of the rows that sharp gates make: where the response changes at some value of an input, the
 * maximum may lie at infinity of the gate, and climbs from soft gates pass it by.
 *
 * A division is looked at only where its likelihood, which is known before any climb, comes near the best so far.
 */
export function dividedStarts(
  problem: Problem,
  evaluate: Evaluate,
  from: Float64Array,
  best: Tried | undefined,
  run: Run,
): void {
  const proper = best?.degeneracy === undefined ? best : undefined;
  const further =
    proper === undefined || columnsSeen(problem.data, 'gateInputs').length <= 1
      ? []
      : borders(problem, evaluate, proper.climb.at);
  const least = proper === undefined ? -Infinity : proper.climb.value - REACH;
  divisionsOf(problem, further)
    .filter(({ logLikelihood }) => logLikelihood > least)
    .flatMap(({ labels }) => ordersOf(problem).map((order) => labels.map((label) => order.indexOf(label))))
    .forEach((labels) => {
      climbKeeping(DIVISION, problem, evaluate, sharpPoint(problem, evaluate, from, labels), labels, run);
    });
}

/**
 * A climb from hard clusters that does not end below what they had at the limit of the gate: it begins where the gate is
 * sharp and can still move, and where that has led lower, at the limit.
 */
export function climbKeeping(
  kind: string,
  problem: Problem,
  evaluate: Evaluate,
  point: SharpPoint,
  labels: Int32Array,
  run: Run,
): void {
  const first = run(kind, point.at);
  if (!point.isSharp) return;
  const limit = atLimit(problem, evaluate, point, labels);
  const value = logLikelihoodAt(problem, evaluate, limit);
  if (first.degeneracy === undefined && first.climb.value >= value - rounding(problem, value)) return;
  run(kind, limit, true);
}

/** The logits of one expert less those of another at a point, of every pair: normal to the borders between them. */
function borders(problem: Problem, evaluate: Evaluate, at: Float64Array): Float64Array[] {
  const { experts } = problem.layout.shape;
  const pairs = Array.from({ length: experts }, (_, a) =>
    Array.from({ length: a }, (_unused, b) => ({ a, b, values: new Float64Array(problem.data.n) })),
  )
    .flat()
    .slice(0, MOST_PAIRS);
  for (const block of problem.source.blocks) {
    const { logits } = evaluate(block, at, 0, true).parts;
    for (const { a, b, values } of pairs) {
      for (let i = 0; i < block.rows; i++)
        values[block.first + i] = logits[a]!.value[i]! - logits[b]!.value[i]!;
    }
  }
  return pairs.map(({ values }) => values);
}

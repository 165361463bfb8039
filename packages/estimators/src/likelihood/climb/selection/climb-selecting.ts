import { type Evaluate, mixtureRows } from '../../passes/mixture-rows.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Climb, ClimbOptions } from '../ascent.ts';
import { climb } from '../climb.ts';
import { betterDivision } from './search.ts';
import { slide } from './slide.ts';

/** Iterations between two searches. */
const BETWEEN = 5;
const MOST_SEARCHES = 100;
/** Iterations of a smooth climb before. */
const SMOOTH = 40;

/**
 * A climb where a gate selects: climbs of EM and Newton, which hold the division of the rows, in turns with searches for a
 * better division, until no line has one; then to the best point of the division that was found.
 */
export function climbSelecting(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  options: ClimbOptions,
): Climb {
  const left = (soFar: Climb) =>
    Math.max(0, options.maxIterations - soFar.emIterations - soFar.newtonIterations);
  const goOn = (soFar: Climb, most: number, by: typeof climb, at = soFar.at): Climb => {
    const done = soFar.emIterations + soFar.newtonIterations;
    return joined(
      soFar,
      by(problem, evaluate, at, {
        ...options,
        maxIterations: Math.min(most, left(soFar)),
        onIteration: (iteration, value) => options.onIteration?.(done + iteration, value),
      }),
    );
  };
  let found = climb(problem, evaluate, start, {
    ...options,
    maxIterations: Math.min(BETWEEN, options.maxIterations),
  });
  for (let search = 0; search < MOST_SEARCHES && left(found) > 0; search++) {
    const better = betterDivision(problem, evaluate, found, search);
    if (better !== undefined) {
      found = goOn(found, BETWEEN, climb, better.at);
      continue;
    }
    if (found.ending === 'gradient' || found.ending === 'rounding') return found;
    const before = found.value;
    found = goOn(found, Infinity, found.ending === 'iterations' ? climb : slide);
    if (found.ending === 'stalled') found = goOn(found, Infinity, slide);
    if (!(found.value > before)) return found;
  }
  return found;
}

/**
 * Where the same logits lead if every expert is selected, which is smooth: from there a selection often has a better
 * division than a search would find. Without a selection, the point itself.
 */
export function throughSoftmax(problem: Problem, at: Float64Array): Float64Array {
  if (problem.selection === undefined) return at;
  const { source } = problem;
  const dense: Problem = {
    ...problem,
    selection: undefined,
    source: {
      blocks: source.blocks,
      evaluate: (block, point, order) => source.evaluate(block, point, order, true),
    },
  };
  return climb(dense, mixtureRows(dense), at, { tolerance: 1e-2, maxIterations: SMOOTH }).at;
}

function joined(first: Climb, then: Climb): Climb {
  return {
    ...then,
    history: [...first.history, ...then.history],
    emIterations: first.emIterations + then.emIterations,
    newtonIterations: first.newtonIterations + then.newtonIterations,
  };
}

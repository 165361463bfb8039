import { type EmSums, emPass } from '../passes/em-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import type { Problem } from '../problem/problem.ts';
import { emMove } from './em-step.ts';
import { pointOn, rounding } from './limits.ts';

/** How EM goes: steps are stretched while gains rise, and begin as short as they had to be. */
export interface Pace {
  /** Of the next step beyond EM's own. */
  readonly stretch: number;
  /** Length of the next step that is not exact. */
  readonly longest: number;
  /** Of the last step. */
  readonly gain: number;
}

/** Where an EM iteration led, with the sums there and the part of the step that was taken. */
export interface EmMoved {
  readonly at: Float64Array;
  readonly sums: EmSums;
  readonly length: number;
}

export const FIRST_PACE: Pace = { stretch: 1, longest: 1, gain: Infinity };
/** Most that an EM step is stretched. */
const MOST_STRETCH = 6;
const SHORTEST = 2 ** -20;

/**
 * One EM iteration. First it is tried stretched, because EM creeps away from saddles and along ridges (Salakhutdinov and
 * Roweis, 2003); where that does not lead upwards, the step itself is taken, and the parts of it that are not exact are
 * halved until the likelihood does not fall.
 */
export function emIteration(
  problem: Problem,
  evaluate: Evaluate,
  at: Float64Array,
  sums: EmSums,
  { stretch, longest }: Pace,
): EmMoved | undefined {
  const move = emMove(problem, at, sums);
  const slack = rounding(problem, sums.value);
  if (stretch > 1) {
    const step = move(1).map((value, j) => value - at[j]!);
    const next = pointOn(problem, at, step, stretch);
    if (problem.isAllowed(next)) {
      const after = emPass(problem, evaluate, next);
      if (after.value > sums.value) return { at: next, sums: after, length: 1 };
    }
  }
  for (let length = longest; length >= SHORTEST; length /= problem.isLeastSquares ? 2 : 4) {
    const next = move(length);
    if (!problem.isAllowed(next)) continue;
    const after = emPass(problem, evaluate, next);
    if (after.value >= sums.value - slack) return { at: next, sums: after, length };
  }
  return undefined;
}

/** The pace after an iteration. */
export function nextPace(
  pace: Pace,
  gain: number,
  moved: EmMoved | undefined,
  { isLeastSquares }: Problem,
): Pace {
  const longest = isLeastSquares ? 1 : Math.min(1, 8 * (moved?.length ?? 1));
  return {
    // Gains rise on the way off a saddle, which a stretched step shortens; when they fall, EM's own step is better.
    stretch: gain > pace.gain ? Math.min(MOST_STRETCH, 2 * pace.stretch) : 1,
    longest: moved === undefined ? pace.longest : longest,
    gain,
  };
}

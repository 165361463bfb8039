import { type EmSums, emPass } from '../passes/em-pass.ts';
import { type Ascent, advanced, atStart, type Progress } from './ascent.ts';
import { emIteration, FIRST_PACE, nextPace, type Pace } from './em-iteration.ts';

/** Where the EM iterations of a climb stand. */
export interface EmRound {
  readonly progress: Progress;
  /** At the point of the progress. */
  readonly sums: EmSums;
  /** Of the next iteration. */
  readonly pace: Pace;
  /** Of the last iteration; 0 where it led nowhere. */
  readonly gain: number;
}

/** A climb before its first iteration. */
export function firstRound({ problem, evaluate }: Ascent, start: Float64Array): EmRound {
  const sums = emPass(problem, evaluate, start);
  return { progress: atStart(start, sums.value), sums, pace: FIRST_PACE, gain: Infinity };
}

/** One EM iteration further, where one leads upwards. */
export function nextRound(ascent: Ascent, { progress, sums, pace }: EmRound): EmRound {
  const { problem, evaluate } = ascent;
  const moved = emIteration(problem, evaluate, progress.at, sums, pace);
  const gain = moved === undefined ? 0 : moved.sums.value - sums.value;
  return {
    progress: moved === undefined ? progress : advanced(ascent, progress, 'em', moved.at, moved.sums.value),
    sums: moved?.sums ?? sums,
    pace: nextPace(pace, gain, moved, problem),
    gain,
  };
}

/** EM goes on from where another method has led. */
export function resumed({ problem, evaluate }: Ascent, round: EmRound, progress: Progress): EmRound {
  return { ...round, progress, sums: emPass(problem, evaluate, progress.at) };
}

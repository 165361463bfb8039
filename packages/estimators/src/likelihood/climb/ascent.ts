import { type Differentiate, derivativesPass, type SecondOrder } from '../passes/derivatives-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * How a climb ended. `gradient`: it vanished. `rounding`: it is small, and what could still be gained is below the rounding
 * of the likelihood. `stalled`: no step leads upwards although one should.
 */
export type Ending = 'gradient' | 'rounding' | 'iterations' | 'stalled';

/** What a climb found. */
export interface Climb {
  readonly at: Float64Array;
  readonly value: number;
  /** The log-likelihood at the start and after every iteration; it falls by rounding at most. */
  readonly history: readonly number[];
  readonly emIterations: number;
  readonly newtonIterations: number;
  readonly ending: Ending;
  /** $\sqrt{g^\top |H|^{-1} g}$ at the end. */
  readonly gradientNorm: number;
}

export interface ClimbOptions {
  /** Converged when `gradientNorm` is at most this. */
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly onIteration?: (iteration: number, value: number) => void;
  /**
   * Whether it is a start for another sample, whose last kinks lie elsewhere: where they make maxima, a climb then looks at
   * no neighbour of the one that it has reached.
   */
  readonly isForAnotherSample?: boolean;
}

/** What every step of a climb needs. */
export interface Ascent {
  readonly problem: Problem;
  readonly evaluate: Evaluate;
  readonly differentiate: Differentiate;
  readonly options: ClimbOptions;
}

/** A climb on its way. Each iteration makes a new one. */
export interface Progress {
  readonly at: Float64Array;
  /** One list that grows: to copy it at every iteration would take the square of their number. */
  readonly history: number[];
  readonly emIterations: number;
  readonly newtonIterations: number;
  /** Of the last Newton step that was looked at. */
  readonly gradientNorm: number;
}

/** A point with its derivatives. */
export interface Standing {
  readonly at: Float64Array;
  readonly derivatives: SecondOrder;
}

export function ascentOf(problem: Problem, evaluate: Evaluate, options: ClimbOptions): Ascent {
  return { problem, evaluate, differentiate: derivativesPass(problem, evaluate), options };
}

/** A climb that has not begun. */
export function atStart(at: Float64Array, value: number): Progress {
  return { at, history: [value], emIterations: 0, newtonIterations: 0, gradientNorm: Infinity };
}

/** A climb after one more iteration. */
export function advanced(
  { options }: Ascent,
  before: Progress,
  by: 'em' | 'newton',
  at: Float64Array,
  value: number,
): Progress {
  before.history.push(value);
  const after: Progress = {
    ...before,
    at,
    emIterations: before.emIterations + (by === 'em' ? 1 : 0),
    newtonIterations: before.newtonIterations + (by === 'newton' ? 1 : 0),
  };
  options.onIteration?.(iterationsOf(after), value);
  return after;
}

export function iterationsOf({ emIterations, newtonIterations }: Progress): number {
  return emIterations + newtonIterations;
}

export function ended(progress: Progress, ending: Ending): Climb {
  return { ...progress, value: progress.history.at(-1)!, ending };
}

import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, mixingMeasure, predict } from '@tfjs-moe/measures';

/**
 * A counterexample: two different mixing measures with the same function, or, for a minimax sequence, with functions
 * that come together faster than the measures do. Evaluate both sides and see.
 */
export interface Counterexample {
  readonly name: string;
  /** What it shows. */
  readonly statement: string;
  readonly latex: string;
  /** Paper and equation or theorem that it belongs to. */
  readonly source: string;
  /** The smaller or original measure. */
  readonly truth: MixingMeasure;
  /** Another measure. */
  readonly other: MixingMeasure;
}

/** A member of a sequence of measures that approach the truth. */
export interface SequenceMember extends Counterexample {
  readonly n: number;
  readonly r: number;
  /** The loss of the theorem between the two measures, in closed form. */
  readonly loss: number;
}

/** $\max_x |f_G(x) - f_{G'}(x)|$ over some inputs. */
export function functionDistance(
  counterexample: Pick<Counterexample, 'truth' | 'other'>,
  rows: readonly (readonly number[])[],
): number {
  const who = 'functionDistance';
  const { truth, other } = counterexample ?? {};
  if (truth?.gate?.role !== 'gate' || other?.gate?.role !== 'gate') {
    throw new MoeError(who, 'counterexample must have two mixing measures, truth and other', counterexample);
  }
  if (!Array.isArray(rows)) throw new MoeError(who, 'rows must be a list of rows of numbers', rows);
  const left = predict(truth, rows);
  const right = predict(other, rows);
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i]!)), 0);
}

/** Refuses what is no measure to begin with, and options that there are not. */
export function expectTruth(
  who: string,
  truth: MixingMeasure,
  options: object,
  known: readonly string[],
): void {
  if (truth?.gate?.role !== 'gate' || truth.expert?.role !== 'expert') {
    throw new MoeError(who, 'truth must be a mixing measure', truth);
  }
  mixingMeasure(truth);
  expectKnownOptions(who, options, known);
}

/** Refuses an atom that does not exist. */
export function expectAtom(who: string, { experts }: MixingMeasure, atom: number): void {
  if (Number.isInteger(atom) && atom >= 0 && atom < experts) return;
  throw new MoeError(who, `atom must be an integer between 0 and ${experts - 1}`, atom);
}

import type { NetworkName, Sizes } from './model.ts';
import { mean, type Trained, type Training, train } from './train.ts';

/** Which question a training answers: who is better after as many steps, or the dense network after as much time. */
export type Role = NetworkName | 'dense, equal time';

/** A training that came to its end. */
export interface Finished extends Omit<Trained, 'model'> {
  readonly role: Role;
  readonly seed: number;
}

export interface Contest {
  readonly finished: readonly Finished[];
  /** The mixture of the first seed, however far it came; undefined if it never began. */
  readonly shown: Trained | undefined;
  /** What a step of the mixture takes, in steps of the dense network. */
  readonly ratio: number | undefined;
  /** Whether that was asked for, and not measured. */
  readonly isGiven: boolean;
}

export interface ContestSettings extends Omit<Training, 'seed' | 'progress'> {
  readonly sizes: Sizes;
  readonly seeds: number;
  readonly ratio: number | undefined;
  readonly progress: (what: string, done: number, bits: number) => void;
}

/** Trains both networks under every seed, one after the other, so that none disturbs another. */
export async function contest(settings: ContestSettings): Promise<Contest> {
  const { seeds, signal, progress, ...training } = settings;
  const finished: Finished[] = [];
  let shown: Trained | undefined;
  let { ratio } = settings;
  // Of the work of a seed, about a third each.
  const whole = 3 * seeds * training.steps;
  let done = 0;
  const trained = async (role: Role, seed: number, steps: number): Promise<Trained> => {
    const network = role === 'mixture' ? 'mixture' : 'dense';
    const what = `seed ${seed}, ${role}`;
    const watch = (step: number, bits: number) =>
      progress(what, (done + (step / steps) * training.steps) / whole, bits);
    const result = await train(network, { ...training, steps, seed, signal, progress: watch });
    done += training.steps;
    const { model, ...rest } = result;
    if (rest.steps === steps) finished.push({ role, seed, ...rest });
    if (role !== 'mixture' || seed !== 1) model.dispose();
    return result;
  };
  for (let seed = 1; seed <= seeds && !signal.aborted; seed++) {
    const mixture = await trained('mixture', seed, training.steps);
    if (seed === 1) shown = mixture;
    if (signal.aborted) break;
    const dense = await trained('dense', seed, training.steps);
    ratio ??= mixture.secondsOfStep / dense.secondsOfStep;
    if (!signal.aborted)
      await trained('dense, equal time', seed, Math.max(1, Math.round(ratio * training.steps)));
  }
  return { finished, shown: shown?.steps ? shown : undefined, ratio, isGiven: settings.ratio !== undefined };
}

/** A mean over seeds, and how far the seeds lie apart. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly seeds: number;
}

export function spreadOf(numbers: readonly number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  return {
    mean: mean(numbers),
    least: Math.min(...numbers),
    most: Math.max(...numbers),
    seeds: numbers.length,
  };
}

/** Bits of the mixture less those of the other one under the same seed; below 0, the mixture is better. */
export function differences(finished: readonly Finished[], other: Exclude<Role, 'mixture'>): number[] {
  return finished.flatMap(({ role, seed, bits }) => {
    const opponent = finished.find((each) => each.role === other && each.seed === seed);
    return role === 'mixture' && opponent !== undefined ? [bits - opponent.bits] : [];
  });
}

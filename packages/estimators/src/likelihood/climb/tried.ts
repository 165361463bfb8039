import type { Climb } from './ascent.ts';
import type { Degeneracy } from './degeneracy.ts';

/** A climb with the kind of its start. */
export interface Tried {
  readonly kind: string;
  readonly climb: Climb;
  readonly degeneracy: Degeneracy | undefined;
  /** Those on a part of the sample, whose best was its start. */
  readonly part?: readonly Tried[];
}

/** The best of some climbs: a proper maximum before a degenerate one, then the higher likelihood. */
export function bestOfTried(tried: readonly Tried[]): Tried {
  return tried.reduce((a, b) => (isBetter(b, a) ? b : a));
}

function isBetter(a: Tried, b: Tried): boolean {
  const proper = (each: Tried) => (each.degeneracy === undefined ? 1 : 0);
  return proper(a) - proper(b) > 0 || (proper(a) === proper(b) && a.climb.value > b.climb.value);
}

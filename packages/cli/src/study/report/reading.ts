import type { Claim } from '../study.ts';
import type { CurveSlope } from './slope.ts';

/**
 * What a slope and its interval say of a claim. A rate of a paper is an upper bound, so that `faster` contradicts nothing;
 * `bends` is a fall that is no power of n at these sizes; with `too few sizes` a line goes through whatever there is.
 */
export type Reading = 'as claimed' | 'faster' | 'slower' | 'falls' | 'bends' | 'undecided' | 'too few sizes';

/** A slope whose interval reaches this may be no fall. */
const FLAT = -0.1;
/** The slowest rate that a theorem promises to over-fitted atoms: an interval with it does not show that there is none. */
const SLOWEST = -0.25;
/** An interval as wide as this says nothing. */
const UNDECIDED = 0.5;

/** Nothing where nothing is claimed or measured. */
export function readingOf(
  slope: Pick<CurveSlope, 'value' | 'low' | 'high' | 'sizes' | 'bend'> | undefined,
  claim: Pick<Claim, 'slope'> | undefined,
): Reading | undefined {
  if (claim === undefined || slope === undefined) return undefined;
  if (slope.sizes < 3) return 'too few sizes';
  if (slope.high - slope.low > UNDECIDED) return 'undecided';
  if (claim.slope === 0) {
    if (slope.high < FLAT) return 'falls';
    return slope.low > SLOWEST ? 'as claimed' : 'undecided';
  }
  if (slope.low <= claim.slope && slope.high >= claim.slope) return 'as claimed';
  if (slope.value < claim.slope) return 'faster';
  // Slower over all sizes, and slower still at the larger ones.
  return slope.bend !== undefined && slope.bend.low > 0 ? 'bends' : 'slower';
}

import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Log-likelihoods this close are of the same maximum. */
const SAME = 1e-4;

/** How many climbs there were, and how many of them reached the best value of a proper maximum. */
export interface StartsReached {
  readonly tried: number;
  readonly reached: number;
}

/**
 * How often the best value was reached: a maximum that several starts lead to is less likely to be missed by all. Of a large
 * sample the climbs on a part of it are counted.
 */
export function startsReached({ starts }: Pick<MaximumLikelihoodFit, 'starts'>): StartsReached {
  const climbs = starts.flatMap((start) => start.part ?? [start]);
  const proper = climbs.filter(({ ending }) => ending !== 'vanishing variance' && ending !== 'empty expert');
  const counted = proper.length > 0 ? proper : climbs;
  const best = counted.reduce((most, { logLikelihood }) => Math.max(most, logLikelihood), -Infinity);
  return {
    tried: climbs.length,
    reached: counted.filter(({ logLikelihood }) => logLikelihood >= best - SAME).length,
  };
}

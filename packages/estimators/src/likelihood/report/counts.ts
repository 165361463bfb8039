import { type Family, familyName } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import type { FitWarning } from './fit.ts';

/** Deviations from 0 within which the mean of counts is so small that a normal law gives part of its mass to numbers below 0. */
const NEAR_ZERO = 3;

/**
 * A hint where the response of a law of numbers seems to be counted: integers from 0 up, whose mean is so near to 0 that
 * numbers below would have to be expected.
 */
export function hintOfCounts(
  family: Family,
  { response, moreResponses, weights, offset, totalWeight }: Columns,
): FitWarning[] {
  if (family.isLocationScale !== true || (offset ?? moreResponses) !== undefined) return [];
  const values = new Set<number>();
  let [sum, square] = [0, 0];
  for (let i = 0; i < response.length; i++) {
    if (weights[i] === 0) continue;
    const y = response[i]!;
    if (!Number.isInteger(y) || y < 0) return [];
    values.add(y);
    sum += (weights[i]! / totalWeight) * y;
    square += (weights[i]! / totalWeight) * y * y;
  }
  const isBinary = values.size === 2 && values.has(0) && values.has(1);
  const isNear = sum < NEAR_ZERO * Math.sqrt(square - sum * sum);
  if (!isBinary && (values.size < 3 || !isNear)) return [];
  const [what, kind] = isBinary ? ['yes or no, 0 and 1', 'binomial'] : ['counts, integers from 0', 'poisson'];
  return [
    {
      reason: 'counts as numbers',
      text: `the responses seem to be ${what}; ${familyName(family)} experts expect numbers below 0 too`,
      remedy: `Take family: "${kind}"`,
    },
  ];
}

import { MoeError } from '@tfjs-moe/core';
import type { Copies } from '../gauge/levels.ts';
import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { expertParts, variances } from './atoms.ts';
import type { LossTerms } from './loss-names.ts';
import type { Term } from './pairs.ts';

/**
 * What two experts differ by: one norm for all their numbers, or one for each named part, and one for the variance or the covariance.
 *
 * The terms of a fitted and a true expert, counted from the first of their copies.
 */
export function expertTerms(
  fitted: MixingMeasure,
  truth: MixingMeasure,
  terms: LossTerms,
  copies: { readonly fitted: Copies; readonly truth: Copies },
): (fitted: number, truth: number) => Term[] {
  const ours = expertParts(fitted, copies.fitted);
  if (JSON.stringify(fitted.family?.config) !== JSON.stringify(truth.family?.config)) {
    throw new MoeError('voronoiLoss', 'both measures must be of one family', fitted.family?.kind);
  }
  const theirs = expertParts(truth, copies.truth);
  const spread = terms.variance === undefined ? undefined : variancePair(fitted, truth);
  return (i, j) => {
    const parts = ours.map(({ name, numbers }, p) => ({
      name,
      residual: difference(numbers[i], theirs[p]?.numbers[j]),
    }));
    const { part } = terms;
    const result: Term[] =
      part === undefined
        ? [{ residual: parts.flatMap(({ residual }) => residual), exponent: terms.expert }]
        : parts.map(({ name, residual }) => ({ residual, exponent: part(name) }));
    if (spread !== undefined && terms.variance !== undefined) {
      result.push({ residual: spread(i, j), exponent: terms.variance });
    }
    return result;
  };
}

function variancePair(fitted: MixingMeasure, truth: MixingMeasure) {
  const ours = variances(fitted);
  const theirs = variances(truth);
  if (ours === undefined && theirs === undefined) return undefined;
  if (ours === undefined || theirs === undefined) {
    throw new MoeError('voronoiLoss', 'both measures must have dispersions, or neither');
  }
  if (ours[0]!.length !== theirs[0]!.length)
    throw new MoeError('voronoiLoss', 'both measures must have as many responses', ours[0]!.length);
  return (i: number, j: number) => difference(ours[i], theirs[j]);
}

function difference(a: readonly number[] = [], b: readonly number[] = []): number[] {
  return a.map((value, d) => value - b[d]!);
}

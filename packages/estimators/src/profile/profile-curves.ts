import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';
import type { Constrained } from './constrained-climb.ts';
import { notFollowed, profileEnd, rootOf } from './profile-end.ts';
import { reachOf } from './profile-intervals.ts';
import { type ProfileOf, profilesOf } from './profile-of.ts';

/** Options of `profileCurves`. */
export interface ProfileCurveOptions {
  /** Of the interval that a curve spans. Default 0.99. */
  readonly level?: number;
  /** On each side of the estimate. Default 10. */
  readonly points?: number;
}

/** A value of a number, and how likely it is at best. */
export interface ProfilePoint {
  readonly value: number;
  /** The largest of all points with that value, $\ell_p(t)$. */
  readonly logLikelihood: number;
  /** $2 (\hat\ell - \ell_p(t))$. */
  readonly likelihoodRatio: number;
  /** Its root with the sign of $t - \hat t$: nearly a line, and a straight one where Wald's interval is right. */
  readonly signedRoot: number;
  /** What Wald has in its place, $(t - \hat t) / \mathrm{se}$; of a dispersion on its logarithm. */
  readonly waldRoot: number;
}

/** The profile of a number. */
export interface ProfileCurve {
  /** As it was written; before it the table, where a name stands in several. */
  readonly text: string;
  readonly value: number;
  /** By ascending value, with that of the fit in the middle. */
  readonly points: readonly ProfilePoint[];
}

/** Deviations of Wald's that a side has which never ends, in parts of those it would have. */
const ENDLESS = 2;
const SHORTEST = 1e-6;

/**
 * profileCurves: the likelihood along coefficients or combinations of them, all other numbers fitted again at every value, as
 * `profileIntervals` does. Values are evenly spread between the ends of the interval at a level; on a side that has no end,
 * twice as far as Wald's. R: `profile` of a `glm`, whose `tau` is the signed root.
 *
 * @param sample that was fitted
 * @param written as `profileIntervals` reads it
 * @throws MoeError as `profileIntervals`
 */
export function profileCurves(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  written: string | readonly string[],
  options: ProfileCurveOptions = {},
): ProfileCurve[] {
  const who = 'profileCurves';
  expectKnownOptions(who, options, ['level', 'points']);
  const reach = reachOf(who, options.level ?? 0.99);
  const count = expectInteger(who, 'points', options.points ?? 10, { min: 1 });
  return profilesOf(who, fit, sample, written).map((of) => {
    const [below, above] = ([-1, 1] as const).map((side) => sideOf(of, side, reach, count));
    const top = pointAt(of, of.top, 0);
    return { text: of.text, value: top.value, points: [...below!.reverse(), top, ...above!] };
  });
}

/** The points on one side, from the top on. */
function sideOf(of: ProfileOf, side: 1 | -1, reach: number, count: number): ProfilePoint[] {
  const end = profileEnd(of, side, reach);
  const farthest = end === Infinity ? ENDLESS * reach * of.standardError : end;
  const points: ProfilePoint[] = [];
  let [known, before] = [of.top, 0];
  for (let k = 1; k <= count; k++) {
    const distance = (farthest * k) / count;
    const found = followed(of, known, side * (distance - before));
    if (found === undefined) throw notFollowed(of, known, side * before);
    points.push(pointAt(of, found, side * distance));
    [known, before] = [found, distance];
  }
  return points;
}

/** The profile's point so far from another, in steps that are short enough. */
function followed(of: ProfileOf, from: Constrained, by: number): Constrained | undefined {
  const found = of.highest(from.at, by);
  if (found !== undefined || Math.abs(by) < SHORTEST * of.standardError) return found;
  const half = followed(of, from, by / 2);
  return half && followed(of, half, by / 2);
}

function pointAt(of: ProfileOf, found: Constrained, by: number): ProfilePoint {
  const root = rootOf(of, found, by);
  return {
    value: of.told(of.value + by),
    logLikelihood: found.value,
    likelihoodRatio: root ** 2,
    signedRoot: by < 0 ? -root : root,
    waldRoot: by / of.standardError,
  };
}

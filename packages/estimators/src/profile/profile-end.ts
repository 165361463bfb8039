import { MoeError } from '@tfjs-moe/core';
import type { Constrained } from './constrained-climb.ts';
import type { ProfileOf } from './profile-of.ts';

/** Deviations of Wald's as far as which an end is looked for. */
const FARTHEST = 1e4;
const MOST_POINTS = 60;

/** Fall of the likelihood to twice the distance below which there is none to come: a gate that is hard already. */
const LEVEL = 1e-6;

/** Standard errors between the last two points at which an end is found where the likelihood jumps over its level. */
const NARROW = 1e-9;

/**
 * Where $\sqrt{2 (\hat\ell - \ell_p(t))}$, which is nearly linear, reaches its level: Newton's steps with Lagrange's multiplier
 * as the slope, or secants where the likelihood has kinks, between points below and above once there are both. Infinite where
 * the likelihood never falls so far.
 * @param reach $\sqrt{\chi^2}$ at the end
 * @returns how far it is from the top
 * @throws MoeError where it is higher than that of the fit, or cannot be followed
 */
export function profileEnd(of: ProfileOf, side: 1 | -1, reach: number): number {
  const { top, standardError } = of;
  let [inside, outside] = [0, Infinity];
  let known = top;
  let before = { distance: 0, root: 0, value: top.value };
  // Short at first: over the middle of a gate lies the same mixture with its experts in another order.
  let distance = standardError / 2;
  for (let point = 0; point < MOST_POINTS; point++) {
    const found = of.highest(known.at, side * (distance - inside));
    if (found === undefined) {
      if (distance - inside < 1e-6 * standardError) break;
      distance = (inside + distance) / 2;
      continue;
    }
    const root = rootOf(of, found, side * distance);
    if (Math.abs(root - reach) < 1e-7) return distance;
    const step = distance - before.distance;
    const fall = found.slope === undefined ? (before.value - found.value) / step : -side * found.slope;
    if (root < reach) {
      inside = distance;
      known = found;
      const isLevel = Math.abs(fall) * distance < LEVEL && distance > standardError;
      if (isLevel || distance > FARTHEST * standardError) return Infinity;
    } else outside = distance;
    if (outside - inside < NARROW * standardError) return inside;
    const slope = found.slope === undefined ? (root - before.root) / step : fall / root;
    before = { distance, root, value: found.value };
    const aimed = distance + (reach - root) / slope;
    const farthest = outside === Infinity ? 1.5 * inside + standardError / 2 : outside;
    const isBetween = aimed > inside && aimed < farthest;
    distance = isBetween ? aimed : outside === Infinity ? farthest : (inside + outside) / 2;
  }
  throw notFollowed(of, known, side * inside);
}

/** What is said of a profile that ends before its interval does. */
export function notFollowed(
  { who, text, value, whyNot }: ProfileOf,
  last: Constrained,
  by: number,
): MoeError {
  const rule = `the likelihood along ${text} cannot be followed so far: ${whyNot(last.at)}`;
  return new MoeError(who, rule, value + by);
}

/**
 * $\sqrt{2 (\hat\ell - \ell_p(t))}$ at a point of a profile.
 * @param by how far it is from the top
 * @throws MoeError where the likelihood is higher than that of the fit
 */
export function rootOf({ who, text, top, value }: ProfileOf, found: Constrained, by: number): number {
  const fallen = 2 * (top.value - found.value);
  if (fallen < -1e-6 * (1 + Math.abs(top.value) * 1e-6))
    throw new MoeError(
      who,
      `the likelihood along ${text} is higher than that of the fit, by ${(-fallen / 2).toPrecision(3)}: fit with more starts`,
      value + by,
    );
  return Math.sqrt(Math.max(0, fallen));
}

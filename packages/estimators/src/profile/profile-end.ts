import { MoeError } from '@tfjs-moe/core';
import { type Constrained, constrainedClimb, type Held } from './constrained-climb.ts';

/** Deviations of Wald's as far as which an end is looked for. */
const FARTHEST = 1e4;
const MOST_POINTS = 40;

/** Fall of the likelihood to twice the distance below which there is none to come: a gate that is hard already. */
const LEVEL = 1e-6;

/** The largest likelihood, and how far it falls at the ends. */
export interface ProfileOf {
  readonly held: Held;
  readonly top: Constrained;
  /** Of the combination, where the likelihood is largest. */
  readonly value: number;
  readonly standardError: number;
  /** How the coordinates move with the combination at the top. */
  readonly tangent: Float64Array;
  /** $\sqrt{\chi^2}$ at the ends. */
  readonly reach: number;
}

/**
 * Where $\sqrt{2 (\hat\ell - \ell_p(t))}$, which is nearly linear, reaches its level: Newton's steps with Lagrange's multiplier
 * as the slope, between points below and above once there are both. Infinite where the likelihood never falls so far.
 * @throws MoeError where it is higher than that of the fit, or cannot be followed
 */
export function profileEnd(who: string, text: string, of: ProfileOf, side: 1 | -1): number {
  const { top, value, standardError, reach } = of;
  let [inside, outside] = [0, Infinity];
  let known = top;
  // Short at first: over the middle of a gate lies the same mixture with its experts in another order.
  let distance = standardError / 2;
  for (let point = 0; point < MOST_POINTS; point++) {
    const found = highest(of, known.at, side * (distance - inside));
    if (found === undefined) {
      if (distance - inside < 1e-6 * standardError) break;
      distance = (inside + distance) / 2;
      continue;
    }
    const fallen = 2 * (top.value - found.value);
    if (fallen < -1e-6 * (1 + Math.abs(top.value) * 1e-6))
      throw new MoeError(
        who,
        `the likelihood along ${text} is higher than that of the fit, by ${(-fallen / 2).toPrecision(3)}: fit with more starts`,
        value + side * distance,
      );
    const root = Math.sqrt(Math.max(0, fallen));
    if (Math.abs(root - reach) < 1e-7) return value + side * distance;
    if (root < reach) {
      inside = distance;
      known = found;
      const isLevel = Math.abs(found.slope) * distance < LEVEL && distance > standardError;
      if (isLevel || distance > FARTHEST * standardError) return side * Infinity;
    } else outside = distance;
    const slope = (-side * found.slope) / root;
    const aimed = distance + (reach - root) / slope;
    const farthest = outside === Infinity ? 1.5 * inside + standardError / 2 : outside;
    const isBetween = aimed > inside && aimed < farthest;
    distance = isBetween ? aimed : outside === Infinity ? farthest : (inside + outside) / 2;
  }
  throw new MoeError(who, `the likelihood along ${text} cannot be followed so far`, value + side * inside);
}

/**
 * The highest of the climbs from where the combination is changed by so much: about where the others follow at the top, and
 * with all of a gate's numbers changed in one proportion, which leaves its borders where they are.
 */
function highest({ held, tangent }: ProfileOf, at: Float64Array, by: number): Constrained | undefined {
  const { firstExpert } = held.problem.coordinates;
  const gate = at.map((each, j) => (j < firstExpert ? each : 0));
  const weight = gate.reduce((sum, each, j) => sum + each * held.along[j]!, 0);
  const directions = [tangent, ...(weight === 0 ? [] : [gate.map((each) => each / weight)])];
  const found = directions.flatMap(
    (direction) =>
      constrainedClimb(
        held,
        at.map((each, j) => each + by * direction[j]!),
      ) ?? [],
  );
  return found.reduce<Constrained | undefined>(
    (best, each) => (best === undefined || each.value > best.value ? each : best),
    undefined,
  );
}

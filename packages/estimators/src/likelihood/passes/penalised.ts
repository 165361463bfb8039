import { FREE, GATE } from '../problem/penalty/penalty.ts';
import type { Problem } from '../problem/problem.ts';

/** What is changed of the sums of EM. */
interface Sums {
  readonly value: number;
  readonly gate: Block;
  readonly experts: readonly Block[];
  readonly dispersion: { readonly slopes: Float64Array; readonly curvatures: Float64Array };
}

interface Block {
  readonly gradient: Float64Array;
  readonly information: Float64Array;
}

/** What is changed of the derivatives. */
interface Derivatives {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** What a penalty takes off the log-likelihood at a point. */
export function penaltyAt({ penalty }: Problem, at: Float64Array): number {
  return penalty?.at(at).value ?? 0;
}

/** Sums of EM less what is smooth of a penalty, whose kinks are for the step, and the value less all of it. */
export function penalisedSums<S extends Sums>(
  { penalty, coordinates }: Problem,
  at: Float64Array,
  sums: S,
): S {
  if (penalty === undefined) return sums;
  const { value, square, slopes: pulls, curvatures: bends } = penalty.at(at);
  const { firstExpert } = coordinates;
  penalty.owners.forEach((owner, j) => {
    if (owner === FREE) return;
    const { gradient, information } = owner === GATE ? sums.gate : sums.experts[owner]!;
    const place = owner === GATE ? j : j - firstExpert;
    const own = place + place * gradient.length;
    gradient[place] = gradient[place]! - square[j]! * at[j]!;
    information[own] = information[own]! + square[j]!;
  });
  const { slopes, curvatures } = sums.dispersion;
  if (penalty.isRelative)
    pulls.forEach((pull, e) => {
      slopes[e] = slopes[e]! + pull;
      curvatures[e] = curvatures[e]! + bends[e]!;
    });
  return { ...sums, value: sums.value - value };
}

/** Value and derivatives less those of a penalty; where a coefficient is 0, its kink has no part. */
export function penalisedDerivatives<S extends Derivatives>(
  { penalty, coordinates }: Problem,
  at: Float64Array,
  derivatives: S,
): S {
  if (penalty === undefined) return derivatives;
  const { size, noiseOf } = coordinates;
  const { gradient, hessian } = derivatives;
  const { value, absolute, square, slopes, curvatures } = penalty.at(at);
  const add = (to: Float64Array, place: number, change: number) => {
    to[place] = to[place]! + change;
  };
  penalty.owners.forEach((owner, j) => {
    if (owner === FREE) return;
    const [kink, smooth] = [absolute[j]! * Math.sign(at[j]!), square[j]! * at[j]!];
    add(gradient, j, -kink - smooth);
    add(hessian, j + j * size, -square[j]!);
    const place = owner === GATE ? -1 : noiseOf[owner]!;
    if (penalty.isRelative && place >= 0) add(hessian, place + j * size, kink + 2 * smooth);
  });
  if (penalty.isRelative)
    noiseOf.forEach((place, e) => {
      if (place < 0) return;
      add(gradient, place, slopes[e]!);
      add(hessian, place + place * size, -curvatures[e]!);
    });
  return { ...derivatives, value: derivatives.value - value };
}

import { newtonStep } from '../likelihood/climb/solve.ts';
import { boundedPlaces, boundsAt, type Problem } from '../likelihood/problem/problem.ts';
import { type Held, reducedTo } from './constrained-climb.ts';

/** How near a bound a coordinate has run onto it. */
const NEAR = 1e-6;

/**
 * Why no highest point follows one: a number that has run onto a bound, where Newton's steps lead past it, or a fold, beyond which
 * there are no highest points of this kind.
 */
export function whyNotFollowed({ problem, differentiate, along }: Held, at: Float64Array): string {
  const bounded = atBound(problem, at);
  if (bounded !== undefined) return `${bounded} is at its bound there`;
  const { matrix, gradient } = reducedTo(differentiate(at), along);
  return gradient.length > 0 && !newtonStep(matrix, gradient).concave
    ? 'it is flat or bends upwards there in the other numbers'
    : 'beyond there is no highest point near the one before';
}

/** What of a model has no room to one side. */
function atBound(problem: Problem, at: Float64Array): string | undefined {
  const isBounded = boundedPlaces(problem).some((place) => {
    const { low, high } = boundsAt(problem, place);
    return at[place]! < low + NEAR || at[place]! > high - NEAR;
  });
  if (isBounded) return 'a dispersion';
  const isTight = (j: number) =>
    [-1, 1].some((side) => {
      const beside = Float64Array.from(at);
      beside[j] = at[j]! + side * NEAR * (1 + Math.abs(at[j]!));
      return !problem.isAllowed(beside);
    });
  const tight = Array.from(at.keys()).find(isTight);
  if (tight === undefined) return undefined;
  return `a number of the ${tight < problem.coordinates.firstExpert ? 'gate' : 'experts'}`;
}

import { matrix, matrixProduct } from '@tfjs-moe/numerics';
import type { Climb, ClimbOptions } from '../likelihood/climb/ascent.ts';
import { type Evaluate, mixtureRows } from '../likelihood/passes/mixture-rows.ts';
import type { Problem } from '../likelihood/problem/problem.ts';
import { structuredCoordinates } from '../likelihood/problem/structure/structured-coordinates.ts';
import { problemOfSolutions } from '../likelihood/problem/structure/structured-problem.ts';
import type { Constrained, Held } from './constrained-climb.ts';

/** How a problem is climbed from a point. */
type ClimbFrom = (problem: Problem, evaluate: Evaluate, start: Float64Array, options: ClimbOptions) => Climb;

const TOLERANCE = 1e-8;
const MOST_ITERATIONS = 500;

/**
 * Climbs among the points that have the combination's value at the first, as a problem of its own whose coordinates are those
 * of the solutions: for climbs that are no Newton's steps.
 * @returns nothing where the climb does not arrive
 */
export function heldCombination(
  { problem, along }: Held,
  from: Float64Array,
  climbFrom: ClimbFrom,
): Constrained | undefined {
  const { coordinates: all } = problem;
  const value = along.reduce((sum, each, j) => sum + each * from[j]!, 0);
  const identity = matrix(all.size, all.size);
  for (let j = 0; j < all.size; j++) identity.data[j + j * all.size] = 1;
  const copied = (at: ArrayLike<number>) => Float64Array.from(at);
  const solutions = structuredCoordinates(
    'profile',
    { ...all, jacobian: identity, toNumbers: copied, fromNumbers: copied },
    [{ text: 'along', coefficients: along, value }],
  );
  const { basis, toAll, fromAll } = solutions;
  const held = problemOfSolutions(problem, {
    ...solutions,
    coordinates: {
      ...solutions.coordinates,
      jacobian: matrixProduct(all.jacobian, basis),
      toNumbers: (at) => all.toNumbers(toAll(at)),
      fromNumbers: (numbers) => fromAll(all.fromNumbers(numbers)),
    },
  });
  const found = climbFrom(held, mixtureRows(held), fromAll(from), {
    tolerance: TOLERANCE,
    maxIterations: MOST_ITERATIONS,
  });
  const hasArrived = found.ending === 'gradient' || found.ending === 'rounding';
  return hasArrived && Number.isFinite(found.value) ? { at: toAll(found.at), value: found.value } : undefined;
}

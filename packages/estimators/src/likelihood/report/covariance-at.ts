import { matrixProduct, transpose } from '@tfjs-moe/numerics';
import { faceOf, normalOf, wallsAt } from '../climb/selection/walls.ts';
import { symmetric } from '../climb/solve.ts';
import { type Problem, rowWeightOf } from '../problem/problem.ts';
import { type Covariance, covarianceOf, inAllCoordinates } from './covariance.ts';

/**
 * Covariances where a gate selects: along the walls that the best point stands at, and none across them, where the
 * likelihood jumps. Elsewhere those of `covarianceOf` as they are.
 *
 * @param hessian lower triangle, column-major, in coordinates
 * @param scores the outer product of the scores, likewise
 * @param frozen coordinates that are held at a bound
 * @param unseen how many directions are known to change nothing
 */
export function covarianceAt(
  problem: Problem,
  at: Float64Array,
  hessian: Float64Array,
  scores: Float64Array,
  frozen: ReadonlySet<number>,
  unseen: number,
): Covariance {
  const { coordinates, data, unitLogits } = problem;
  const logits = {
    gate: coordinates.firstExpert,
    until: unitLogits,
    weight: data.totalWeight,
    rowWeight: rowWeightOf(problem),
  };
  const walls = wallsAt(problem, at);
  if (walls.length === 0) {
    return covarianceOf(coordinates, hessian, scores, frozen, logits, unseen);
  }
  const { along, across } = faceOf(
    problem,
    walls.map((wall) => normalOf(problem, at, wall)),
  );
  const { size, jacobian } = coordinates;
  const lost = across.length;
  const turned = transpose(along);
  const within = (lower: Float64Array) =>
    matrixProduct(matrixProduct(turned, symmetric(lower, size)), along).data;
  const found = covarianceOf(
    { size: size - lost, jacobian: matrixProduct(jacobian, along) },
    within(hessian),
    within(scores),
    new Set([...frozen].map((place) => place - lost)),
    { ...logits, gate: logits.gate - lost, until: Math.max(0, unitLogits - lost) },
    unseen,
  );
  return inAllCoordinates(found, jacobian, along, across);
}

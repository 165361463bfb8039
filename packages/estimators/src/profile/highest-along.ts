import { climbAbsolute } from '../likelihood/climb/absolute/climb-absolute.ts';
import { slide } from '../likelihood/climb/selection/slide.ts';
import { newtonStep } from '../likelihood/climb/solve.ts';
import type { SecondOrder } from '../likelihood/passes/derivatives-pass.ts';
import { kinksPass } from '../likelihood/passes/kinks-pass.ts';
import { type Constrained, constrainedClimb, type Held } from './constrained-climb.ts';
import { heldCombination } from './held-combination.ts';

/** The highest point with the combination changed by so much from that of a point. */
export type Highest = (at: Float64Array, by: number) => Constrained | undefined;

/**
 * Climbs from where the combination is changed about as the others follow at the top, and with all of a gate's numbers changed
 * in one proportion, which leaves its borders where they are. Newton's steps where the likelihood is smooth; of absolute values
 * from vertex to vertex; where a gate selects inside the division of the rows, along its walls.
 */
export function highestAlong(held: Held, at: Float64Array, top: SecondOrder): Highest {
  const { problem, along } = held;
  const { firstExpert } = problem.coordinates;
  const isSelecting = problem.selection !== undefined;
  const isAbsolute = problem.family.isLeastAbsolute === true;
  const climbFrom = (from: Float64Array) =>
    isAbsolute
      ? heldCombination(held, from, climbAbsolute)
      : isSelecting
        ? heldCombination(held, from, slide)
        : constrainedClimb(held, from);
  const kinks = isAbsolute ? kinksPass(problem, held.evaluate, at, 'model') : undefined;
  const hessian = kinks === undefined ? top.hessian : top.hessian.map((each, i) => each + kinks[i]!);
  const tangent = tangentOf(isSelecting ? withoutFirst(hessian, firstExpert, along.length) : hessian, along);
  return (from, by) => {
    const gate = from.map((each, j) => (j < firstExpert ? each : 0));
    const weight = gate.reduce((sum, each, j) => sum + each * along[j]!, 0);
    const directions = [tangent, ...(weight === 0 ? [] : [gate.map((each) => each / weight)])];
    const found = directions.flatMap(
      (direction) => climbFrom(from.map((each, j) => each + by * direction[j]!)) ?? [],
    );
    return found.reduce<Constrained | undefined>(
      (best, each) => (best === undefined || each.value > best.value ? each : best),
      undefined,
    );
  };
}

/** Where the information points: how the coordinates move with the combination along the profile. */
function tangentOf(hessian: Float64Array, along: Float64Array): Float64Array {
  const { step } = newtonStep(hessian, along);
  const length = step.reduce((sum, each, j) => sum + each * along[j]!, 0);
  return step.map((each) => each / length);
}

/** Second derivatives among the later coordinates alone. */
function withoutFirst(hessian: Float64Array, first: number, size: number): Float64Array {
  return hessian.map((each, i) => (Math.min(i % size, Math.floor(i / size)) < first ? 0 : each));
}

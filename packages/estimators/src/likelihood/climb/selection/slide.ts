import { leastSquares, type Matrix, matrix, matrixProduct, transpose } from '@tfjs-moe/numerics';
import { derivativesPass } from '../../passes/derivatives-pass.ts';
import type { Evaluate } from '../../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../../passes/value-pass.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Climb, ClimbOptions, Ending } from '../ascent.ts';
import { CLOSE, pointOn, rounding, withinBounds } from '../limits.ts';
import { newtonStep, symmetric } from '../solve.ts';
import { type Face, faceOf, firstWall, normalOf, wallsAt } from './walls.ts';

const SHORTEST = 2 ** -30;

/**
 * The best point of one division of the rows: Newton inside its walls and along them.
 *
 * A step that meets a wall stops there and goes on along it, until what is left of the gradient vanishes; a wall is left
 * again where the likelihood rises away from it. The likelihood is never lower than before.
 *
 * Source: the active-set method, Nocedal and Wright, "Numerical Optimization" (2006), chapter 16.
 */
export function slide(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  { tolerance, maxIterations, onIteration }: ClimbOptions,
): Climb {
  const { coordinates } = problem;
  const differentiate = derivativesPass(problem, evaluate);
  let at = start;
  let here = differentiate(at);
  let walls = wallsAt(problem, start).map((wall) => ({ wall, normal: normalOf(problem, start, wall) }));
  let left = 2 * coordinates.firstExpert;
  const history = [here.value];
  let distance = Infinity;

  const done = (ending: Ending): Climb => ({
    at,
    value: here.value,
    history,
    emIterations: 0,
    newtonIterations: history.length - 1,
    ending,
    gradientNorm: distance,
  });

  while (history.length <= maxIterations) {
    const face = faceOf(
      problem,
      walls.map(({ normal }) => normal),
    );
    const { step, length } = stepAlong(problem, at, here, face);
    distance = length;
    if (distance <= tolerance) {
      const away = left-- > 0 ? wallToLeave(here.gradient, walls) : undefined;
      if (away === undefined) return done('gradient');
      walls = walls.filter((each) => each !== away);
      continue;
    }
    const met = firstWall(
      problem,
      at,
      step,
      walls.map(({ wall }) => wall),
    );
    const reach = met === undefined ? 1 : Math.max(0, met.length - met.margin);
    const add = () => {
      if (met !== undefined) walls.push({ wall: met.wall, normal: normalOf(problem, at, met.wall) });
    };
    if (reach === 0) {
      add();
      if (walls.length > coordinates.size + 50) return done('stalled');
      continue;
    }
    const slack = rounding(problem, here.value);
    let moved: Float64Array | undefined;
    let by = reach;
    for (; by >= reach * SHORTEST && moved === undefined; by /= 2) {
      const next = pointOn(problem, at, step, by);
      const gain = logLikelihoodAt(problem, evaluate, next) - here.value;
      // Where the promise is below rounding, the step itself is what can still be improved.
      if (gain > slack || (by === reach && distance * distance < 10 * slack && gain >= -slack)) moved = next;
    }
    if (moved === undefined) return done(distance <= CLOSE ? 'rounding' : 'stalled');
    const before = { at, here, distance };
    at = moved;
    here = differentiate(at);
    if (before.distance ** 2 < 10 * slack && stepAlong(problem, at, here, face).length >= before.distance) {
      ({ at, here } = before);
      return done(distance <= CLOSE ? 'rounding' : 'stalled');
    }
    history.push(here.value);
    onIteration?.(history.length - 1, here.value);
    if (2 * by === reach) add();
  }
  return done('iterations');
}

/** Newton's step along a face, and its length in standard errors. */
function stepAlong(
  problem: Problem,
  at: Float64Array,
  here: ReturnType<ReturnType<typeof derivativesPass>>,
  { along }: Face,
): { step: Float64Array; length: number } {
  const { gradient, hessian } = withinBounds(problem, at, here);
  const turned = transpose(along);
  const slope = matrixProduct(turned, columnOf(gradient));
  const curvature = matrixProduct(matrixProduct(turned, symmetric(hessian, gradient.length)), along);
  const { step, distance } = newtonStep(curvature.data, slope.data);
  return { step: matrixProduct(along, columnOf(step)).data, length: distance };
}

/** The wall that the likelihood rises away from fastest, if there is one. */
function wallToLeave<W extends { readonly normal: Float64Array }>(
  gradient: Float64Array,
  walls: readonly W[],
): W | undefined {
  if (walls.length === 0) return undefined;
  const rows = walls[0]!.normal.length;
  const a = matrix(rows, walls.length);
  walls.forEach(({ normal }, j) => {
    a.data.set(normal, j * rows);
  });
  const { solution } = leastSquares(a, gradient.subarray(0, rows), 1e-10);
  const pulls = walls.map(({ normal }, j) => solution[j]! * Math.hypot(...normal));
  const strongest = pulls.indexOf(Math.max(...pulls));
  return pulls[strongest]! > 1e-6 * (1 + Math.hypot(...gradient.subarray(0, rows)))
    ? walls[strongest]
    : undefined;
}

function columnOf(v: Float64Array): Matrix {
  return { rows: v.length, columns: 1, data: v };
}

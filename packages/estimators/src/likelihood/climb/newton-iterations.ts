import { type Ascent, advanced, iterationsOf, type Progress, type Standing } from './ascent.ts';
import { offSaddle, onDampedStep, onStep } from './higher-points.ts';
import { CLOSE, rounding, withinBounds } from './limits.ts';
import { type NewtonStep, newtonStep } from './solve.ts';

/** Parts of the largest curvature below which directions are left out of a step that failed. */
const FLOORS = [1e-6, 1e-3];

/** Where Newton's iterations led. */
export interface NewtonEnd {
  readonly progress: Progress;
  /** As of a climb, or `left` to EM. */
  readonly result: 'gradient' | 'rounding' | 'stalled' | 'left';
  /** Of the last step, to begin with next time; 0 where none was needed. */
  readonly damping: number;
}

/**
 * Newton's iterations with the exact Hessian, as far as they lead upwards.
 * @param anywhere whether they go on far from the cap of a maximum and over saddles, where EM knows better where to go
 */
export function newtonIterations(
  ascent: Ascent,
  from: Progress,
  anywhere: boolean,
  firstDamping: number,
): NewtonEnd {
  const { problem, options } = ascent;
  const weight = problem.data.totalWeight;
  let progress = from;
  let damping = firstDamping;
  let here: Standing = { at: from.at, derivatives: ascent.differentiate(from.at) };
  const moveTo = (next: Standing) => {
    here = next;
    progress = advanced(ascent, progress, 'newton', next.at, next.derivatives.value);
  };
  const left = (result: NewtonEnd['result']): NewtonEnd => ({ progress, result, damping });

  while (iterationsOf(progress) < options.maxIterations) {
    const newton = boundedStep(ascent, here);
    const { distance, concave, rising } = newton;
    progress = { ...progress, gradientNorm: distance };
    const beyond = distance <= CLOSE && rising !== undefined ? offSaddle(ascent, here, rising) : undefined;
    if (beyond !== undefined) {
      moveTo(beyond);
      continue;
    }
    if (distance <= options.tolerance && (concave || anywhere)) return left('gradient');
    if (!anywhere && (!concave || distance * distance > 0.1 * weight)) return left('left');
    const before = here.derivatives.value;
    const higher = higherPoint(ascent, here, newton, anywhere, damping);
    damping = higher.damping;
    if (higher.next === undefined) {
      if (distance <= CLOSE && distance * distance <= 1e3 * rounding(problem, before))
        return left('rounding');
      return left(progress.newtonIterations === from.newtonIterations ? 'stalled' : 'left');
    }
    moveTo(higher.next);
    const gain = here.derivatives.value - before;
    if (!anywhere && gain < 0.05 * distance * distance && distance > 1e-3) return left('left');
  }
  return left('left');
}

/** Newton's step among the coordinates that are not held at a bound of the dispersion. */
function boundedStep({ problem }: Ascent, { at, derivatives }: Standing, floor?: number): NewtonStep {
  const { gradient, hessian } = withinBounds(problem, at, derivatives);
  return newtonStep(hessian, gradient, floor);
}

/** A higher point on Newton's step, or on what is done where it has none. */
function higherPoint(
  ascent: Ascent,
  here: Standing,
  { step, distance, concave }: NewtonStep,
  anywhere: boolean,
  damping: number,
): { readonly next: Standing | undefined; readonly damping: number } {
  const { isLeastSquares } = ascent.problem;
  const promised = concave ? distance * distance : 0;
  let next = isLeastSquares || damping === 0 ? onStep(ascent, here, step, promised) : undefined;
  if (!anywhere) return { next, damping };
  if (!isLeastSquares) return next === undefined ? onDampedStep(ascent, here, damping) : { next, damping };
  // Nearly flat directions make a step so long that no part of it is safe: leave them out.
  for (const floor of FLOORS) next ??= onStep(ascent, here, boundedStep(ascent, here, floor).step, 0);
  return { next, damping };
}

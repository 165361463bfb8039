/**
 * Points where the likelihood is higher: on a Newton step, on damped ones, and off a saddle.
 */
import type { SecondOrder } from '../passes/derivatives-pass.ts';
import { logLikelihoodAt } from '../passes/value-pass.ts';
import type { Ascent, Standing } from './ascent.ts';
import { pointOn, rounding, withinBounds } from './limits.ts';
import { dampedNewton, newtonStep } from './solve.ts';

const SHORTEST = 2 ** -20;
/** Damping of Newton steps, as a part of the largest curvature. */
const LEAST_DAMPING = 1e-9;
const MOST_DAMPING = 1e4;

/**
 * A point on the step where the likelihood is higher.
 * @param promised the gain of a full step by the quadratic model, twice
 */
export function onStep(
  { problem, evaluate, differentiate }: Ascent,
  { at, derivatives: here }: Standing,
  step: Float64Array,
  promised: number,
): Standing | undefined {
  const slack = rounding(problem, here.value);
  const full = pointOn(problem, at, step);
  if (problem.isAllowed(full)) {
    const derivatives = differentiate(full);
    // Where the promise is below rounding, the gradient is what can still be improved.
    const isBelowRounding = promised < 10 * slack;
    if (derivatives.value > here.value || (isBelowRounding && derivatives.value >= here.value - slack)) {
      if (!isBelowRounding || isSmaller(derivatives, here)) return { at: full, derivatives };
      return undefined;
    }
  }
  for (let length = 0.5; length >= SHORTEST; length /= 2) {
    const next = pointOn(problem, at, step, length);
    if (logLikelihoodAt(problem, evaluate, next) > here.value + slack) {
      return { at: next, derivatives: differentiate(next) };
    }
  }
  return undefined;
}

function isSmaller(a: SecondOrder, b: SecondOrder): boolean {
  return newtonStep(a.hessian, a.gradient).distance < newtonStep(b.hessian, b.gradient).distance;
}

/**
 * A higher point on the least damped Newton step that has one, with the damping to begin with next time: where networks
 * bend, less of every direction does better than a part of all of it.
 */
export function onDampedStep(
  { problem, evaluate, differentiate }: Ascent,
  { at, derivatives: here }: Standing,
  damping: number,
): { readonly next: Standing | undefined; readonly damping: number } {
  const free = withinBounds(problem, at, here);
  const stepOf = dampedNewton(free.hessian, free.gradient);
  const slack = rounding(problem, here.value);
  for (let size = Math.max(damping / 10, LEAST_DAMPING); size < MOST_DAMPING; size *= 10) {
    const next = pointOn(problem, at, stepOf(size));
    if (!(logLikelihoodAt(problem, evaluate, next) > here.value + slack)) continue;
    return {
      next: { at: next, derivatives: differentiate(next) },
      damping: size > LEAST_DAMPING ? size : 0,
    };
  }
  return { next: undefined, damping: 0 };
}

/** A higher point on either side of a saddle, along the direction that bends upwards. */
export function offSaddle(
  { problem, evaluate, differentiate }: Ascent,
  { at, derivatives: here }: Standing,
  rising: Float64Array,
): Standing | undefined {
  const slack = rounding(problem, here.value);
  for (let length = 1; length >= 2 ** -10; length /= 4) {
    for (const sign of [length, -length]) {
      const next = at.map((value, j) => value + sign * rising[j]!);
      if (logLikelihoodAt(problem, evaluate, next) > here.value + 1e3 * slack) {
        return { at: next, derivatives: differentiate(next) };
      }
    }
  }
  return undefined;
}

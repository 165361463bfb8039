/**
 * One climb to a maximum of the likelihood: EM while far away, then Newton with the exact Hessian, never downwards.
 *
 * EM is safe and slow, Newton fast and blind to where it is. Newton takes over once EM's gains are small, and only where
 * the Hessian is negative definite and its quadratic model keeps what it promises; otherwise EM goes on for a while.
 * Where EM has come to rest on a saddle, the step over $|H|$ leaves it.
 */
import { derivativesPass, type SecondOrder } from '../passes/derivatives-pass.ts';
import { type EmSums, emPass } from '../passes/em-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { logLikelihoodAt } from '../passes/value-pass.ts';
import type { Problem } from '../problem/problem.ts';
import { emMove } from './em-step.ts';
import { dampedNewton, type NewtonStep, newtonStep } from './solve.ts';

/**
 * How a climb ended. `gradient`: it vanished. `rounding`: it is small, and what could still be gained is below the rounding
 * of the likelihood. `stalled`: no step leads upwards although one should.
 */
export type Ending = 'gradient' | 'rounding' | 'iterations' | 'stalled';

export interface Climb {
  readonly at: Float64Array;
  readonly value: number;
  /** The log-likelihood at the start and after every iteration; it falls by rounding at most. */
  readonly history: readonly number[];
  readonly emIterations: number;
  readonly newtonIterations: number;
  readonly ending: Ending;
  /** $\sqrt{g^\top |H|^{-1} g}$ at the end. */
  readonly gradientNorm: number;
}

export interface ClimbOptions {
  /** Converged when `gradientNorm` is at most this. */
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly onIteration?: (iteration: number, value: number) => void;
}

/** EM gain per unit of weight below which Newton is tried, if gains are falling: they rise on the way off a saddle. */
const SMALL_GAIN = 5e-3;
/** EM gain per unit of weight below which the step over |H| is taken wherever it is. */
const TINY_GAIN = 1e-6;
/** EM iterations after which it is taken likewise: EM may crawl along a ridge for thousands. */
const LONG = 60;
/** Distance to the maximum in standard errors below which rounding may end a climb. */
export const CLOSE = 1e-4;
/** Parts of the largest curvature below which directions are left out of a step that failed. */
const FLOORS = [1e-6, 1e-3];
/** EM iterations between attempts of Newton. */
const MOST_PATIENCE = 48;
/** Most that an EM step is stretched. */
const MOST_STRETCH = 6;
const SHORTEST = 2 ** -20;
/** Damping of Newton steps, as a part of the largest curvature. */
const LEAST_DAMPING = 1e-9;
const MOST_DAMPING = 1e4;

export function climb(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  options: ClimbOptions,
): Climb {
  const { tolerance, maxIterations, onIteration } = options;
  const weight = problem.data.totalWeight;
  const differentiate = derivativesPass(problem, evaluate);
  let at = start;
  let sums = emPass(problem, evaluate, at);
  const history: number[] = [sums.value];
  let emIterations = 0;
  let newtonIterations = 0;
  let distance = Infinity;
  let wait = 0;
  let patience = 2;
  let lastGain = Infinity;
  let stretch = 1;
  let longest = 1;
  let damping = 0;

  const record = (value: number) => {
    history.push(value);
    onIteration?.(emIterations + newtonIterations, value);
  };
  const done = (ending: Ending): Climb => ({
    at,
    value: history.at(-1)!,
    history,
    emIterations,
    newtonIterations,
    ending,
    gradientNorm: distance,
  });

  while (emIterations + newtonIterations < maxIterations) {
    const moved = emIteration(problem, evaluate, at, sums, stretch, longest);
    const gain = moved === undefined ? 0 : moved.sums.value - sums.value;
    if (moved !== undefined) {
      ({ at, sums } = moved);
      longest = problem.linearOutputs ? 1 : Math.min(1, 8 * moved.length);
      emIterations++;
      record(sums.value);
    }
    const isAtRest = gain <= 1e-13 * (Math.abs(sums.value) + weight);
    const isSmall = gain <= SMALL_GAIN * weight && gain < lastGain;
    // Gains rise on the way off a saddle, which a stretched step shortens; when they fall, EM's own step is better.
    stretch = gain > lastGain ? Math.min(MOST_STRETCH, 2 * stretch) : 1;
    lastGain = gain;
    if (!isAtRest && (!isSmall || wait-- > 0)) continue;
    const result = newton(isAtRest || gain <= TINY_GAIN * weight || emIterations > LONG);
    if (result === 'gradient' || result === 'rounding') return done(result);
    if (result === 'stalled' && isAtRest) return done('stalled');
    wait = patience;
    patience = Math.min(2 * patience, MOST_PATIENCE);
    sums = emPass(problem, evaluate, at);
  }
  return done('iterations');

  function newton(anywhere: boolean): 'gradient' | 'rounding' | 'stalled' | 'left' {
    let here = differentiate(at);
    const first = newtonIterations;
    const moveTo = (next: { at: Float64Array; derivatives: SecondOrder }) => {
      at = next.at;
      here = next.derivatives;
      newtonIterations++;
      record(here.value);
    };
    while (emIterations + newtonIterations < maxIterations) {
      const { step, distance: length, concave, rising } = boundedStep(problem, at, here);
      distance = length;
      if (length <= CLOSE && rising !== undefined) {
        const next = offSaddle(problem, evaluate, differentiate, at, here, rising);
        if (next !== undefined) {
          moveTo(next);
          continue;
        }
      }
      if (length <= tolerance && (concave || anywhere)) return 'gradient';
      // Far from the cap, or over a saddle: EM knows better where to go.
      if (!anywhere && (!concave || length * length > 0.1 * weight)) return 'left';
      const before = here.value;
      const along = (direction: Float64Array, promised: number) =>
        lineSearch(problem, evaluate, differentiate, at, here, direction, promised);
      let next =
        problem.linearOutputs || damping === 0 ? along(step, concave ? length * length : 0) : undefined;
      // Nearly flat directions make a step so long that no part of it is safe: leave them out.
      if (problem.linearOutputs) {
        for (const floor of anywhere ? FLOORS : [])
          next ??= along(boundedStep(problem, at, here, floor).step, 0);
      } else if (anywhere) next ??= dampedStep();
      if (next === undefined) {
        if (length <= CLOSE && length * length <= 1e3 * rounding(problem, here.value)) return 'rounding';
        return newtonIterations === first ? 'stalled' : 'left';
      }
      moveTo(next);
      if (!anywhere && here.value - before < 0.05 * length * length && length > 1e-3) return 'left';
    }
    return 'left';

    /** Where networks bend, less of every direction does better than a part of all of it. */
    function dampedStep(): { at: Float64Array; derivatives: SecondOrder } | undefined {
      const free = withoutFloors(problem, at, here);
      const stepOf = dampedNewton(free.hessian, free.gradient);
      const slack = rounding(problem, here.value);
      for (let size = Math.max(damping / 10, LEAST_DAMPING); size < MOST_DAMPING; size *= 10) {
        const step = stepOf(size);
        const next = at.map((value, j) => {
          const moved = value + step[j]!;
          return j >= problem.coordinates.firstNoise ? Math.max(moved, problem.logSigmaFloor) : moved;
        });
        if (!(logLikelihoodAt(problem, evaluate, next) > here.value + slack)) continue;
        damping = size > LEAST_DAMPING ? size : 0;
        return { at: next, derivatives: differentiate(next) };
      }
      damping = 0;
      return undefined;
    }
  }
}

/** A higher point on either side of a saddle, along the direction that bends upwards. */
function offSaddle(
  problem: Problem,
  evaluate: Evaluate,
  differentiate: (at: Float64Array) => SecondOrder,
  at: Float64Array,
  here: SecondOrder,
  rising: Float64Array,
): { at: Float64Array; derivatives: SecondOrder } | undefined {
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

/**
 * One EM iteration. First it is tried stretched, because EM creeps away from saddles and along ridges (Salakhutdinov and
 * Roweis, 2003); where that does not lead upwards, the step itself is taken, and the parts of it that are not exact are
 * halved until the likelihood does not fall.
 */
function emIteration(
  problem: Problem,
  evaluate: Evaluate,
  at: Float64Array,
  sums: EmSums,
  stretch: number,
  longest: number,
): { at: Float64Array; sums: EmSums; length: number } | undefined {
  const move = emMove(problem, at, sums);
  const slack = rounding(problem, sums.value);
  if (stretch > 1) {
    const plain = move(1);
    const { firstNoise } = problem.coordinates;
    const next = plain.map((value, j) => {
      const far = at[j]! + stretch * (value - at[j]!);
      return j >= firstNoise ? Math.max(far, problem.logSigmaFloor) : far;
    });
    if (problem.isAllowed(next)) {
      const after = emPass(problem, evaluate, next);
      if (after.value > sums.value) return { at: next, sums: after, length: 1 };
    }
  }
  for (let length = longest; length >= SHORTEST; length /= problem.linearOutputs ? 2 : 4) {
    const next = move(length);
    if (!problem.isAllowed(next)) continue;
    const after = emPass(problem, evaluate, next);
    if (after.value >= sums.value - slack) return { at: next, sums: after, length };
  }
  return undefined;
}

/** What the log-likelihood may change by rounding alone. */
export function rounding({ data }: Problem, value: number): number {
  return 4e-15 * (Math.abs(value) + data.totalWeight);
}

/** Newton's step among the coordinates that are not held at the floor of the variance. */
function boundedStep(problem: Problem, at: Float64Array, here: SecondOrder, floor?: number): NewtonStep {
  const { gradient, hessian } = withoutFloors(problem, at, here);
  return newtonStep(hessian, gradient, floor);
}

/** Derivatives that do not lead below the floor of the variance. */
export function withoutFloors(
  { coordinates, logSigmaFloor }: Problem,
  at: Float64Array,
  here: SecondOrder,
): Pick<SecondOrder, 'gradient' | 'hessian'> {
  const { firstNoise, size } = coordinates;
  const gradient = here.gradient.slice();
  const hessian = here.hessian.slice();
  for (let s = firstNoise; s < size; s++) {
    if (at[s]! > logSigmaFloor || gradient[s]! > 0) continue;
    gradient[s] = 0;
    for (let j = 0; j < size; j++) hessian[Math.max(s, j) + Math.min(s, j) * size] = 0;
  }
  return { gradient, hessian };
}

/**
 * A point on the step where the likelihood is higher.
 * @param promised the gain of a full step by the quadratic model, twice
 */
function lineSearch(
  problem: Problem,
  evaluate: Evaluate,
  differentiate: (at: Float64Array) => SecondOrder,
  at: Float64Array,
  here: SecondOrder,
  step: Float64Array,
  promised: number,
): { at: Float64Array; derivatives: SecondOrder } | undefined {
  const { coordinates, logSigmaFloor } = problem;
  const slack = rounding(problem, here.value);
  const pointAt = (length: number) =>
    at.map((value, j) => {
      const next = value + length * step[j]!;
      return j >= coordinates.firstNoise ? Math.max(next, logSigmaFloor) : next;
    });
  const full = pointAt(1);
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
    const next = pointAt(length);
    if (logLikelihoodAt(problem, evaluate, next) > here.value + slack) {
      return { at: next, derivatives: differentiate(next) };
    }
  }
  return undefined;
}

function isSmaller(a: SecondOrder, b: SecondOrder): boolean {
  return newtonStep(a.hessian, a.gradient).distance < newtonStep(b.hessian, b.gradient).distance;
}

import type { Evaluate } from '../passes/mixture-rows.ts';
import type { Problem } from '../problem/problem.ts';
import { ascentOf, type Climb, type ClimbOptions, ended, iterationsOf } from './ascent.ts';
import { firstRound, nextRound, resumed } from './em-round.ts';
import { newtonIterations } from './newton-iterations.ts';

/** EM gain per unit of weight below which Newton is tried, if gains are falling: they rise on the way off a saddle. */
const SMALL_GAIN = 5e-3;
/** EM gain per unit of weight below which the step over |H| is taken wherever it is. */
const TINY_GAIN = 1e-6;
/** EM iterations after which it is taken likewise: EM may crawl along a ridge for thousands. */
const LONG = 60;
/** EM iterations between attempts of Newton. */
const FEWEST_BETWEEN = 2;
const MOST_BETWEEN = 48;

/**
 * One climb to a maximum of the likelihood: EM while far away, then Newton with the exact Hessian, never downwards.
 *
 * EM is safe and slow, Newton fast and blind to where it is. Newton takes over once EM's gains are small, and only where
 * the Hessian is negative definite and its quadratic model keeps what it promises; otherwise EM goes on for a while.
 * Where EM has come to rest on a saddle, the step over $|H|$ leaves it.
 */
export function climb(
  problem: Problem,
  evaluate: Evaluate,
  start: Float64Array,
  options: ClimbOptions,
): Climb {
  const weight = problem.data.totalWeight;
  const ascent = ascentOf(problem, evaluate, options);
  let em = firstRound(ascent, start);
  let newton = { wait: 0, between: FEWEST_BETWEEN, damping: 0 };

  while (iterationsOf(em.progress) < options.maxIterations) {
    const { gain: before } = em.pace;
    em = nextRound(ascent, em);
    const { gain, sums, progress } = em;
    const isAtRest = gain <= 1e-13 * (Math.abs(sums.value) + weight);
    const isSmall = gain <= SMALL_GAIN * weight && gain < before;
    if (!isAtRest && !isSmall) continue;
    if (!isAtRest && newton.wait > 0) {
      newton = { ...newton, wait: newton.wait - 1 };
      continue;
    }
    const anywhere = isAtRest || gain <= TINY_GAIN * weight || progress.emIterations > LONG;
    const end = newtonIterations(ascent, progress, anywhere, newton.damping);
    if (end.result === 'gradient' || end.result === 'rounding') return ended(end.progress, end.result);
    if (end.result === 'stalled' && isAtRest) return ended(end.progress, 'stalled');
    newton = {
      wait: newton.between,
      between: Math.min(2 * newton.between, MOST_BETWEEN),
      damping: end.damping,
    };
    em = resumed(ascent, em, end.progress);
  }
  return ended(em.progress, 'iterations');
}

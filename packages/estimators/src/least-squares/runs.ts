import { levenbergMarquardt, type MarquardtResult } from '../optimise/levenberg-marquardt.ts';
import type { ParameterSpace } from '../optimise/parameter-space.ts';
import type { FitData } from './data.ts';
import type { LeastSquaresProgress } from './options.ts';
import { mixtureProblem } from './problems.ts';
import type { Setting } from './setting.ts';

/** A start on its way. */
export interface Run {
  readonly start: number;
  readonly numbers: Float64Array;
  readonly iterations: number;
  readonly rows: number;
  /** Of its last stage; nothing where the function was not finite. */
  readonly result?: MarquardtResult;
}

/** A stretch of a run: on which rows, with at most how many steps, within which numbers. */
export interface Stage {
  readonly name: LeastSquaresProgress['stage'];
  readonly on: FitData;
  readonly steps: number;
  /** Default all free numbers. */
  readonly within?: ParameterSpace;
}

/** A run after one more stage. */
export function advanced(
  { shape, space, data, options, square, negligible }: Setting,
  run: Run,
  { name, on, steps, within = space }: Stage,
): Run {
  const pick = (from: Float64Array) => Float64Array.from(within.free, (place) => from[place]!);
  const problem = mixtureProblem(shape, on, run.numbers, within.free);
  const result = levenbergMarquardt(problem, pick(run.numbers), {
    tolerance: options.tolerance,
    maxIterations: steps,
    negligible: on === data ? negligible : (negligible * on.n) / data.n,
    onIteration: (iteration, sumOfSquares) =>
      options.onProgress?.({
        stage: name,
        start: run.start,
        iteration,
        residualSumOfSquares: square * sumOfSquares,
      }),
    lower: pick(within.lower),
    upper: pick(within.upper),
    settled: settled(on.n),
  });
  const { start, iterations } = run;
  if (result === undefined) return { start, numbers: run.numbers, iterations, rows: on.n };
  const numbers = run.numbers.slice();
  within.free.forEach((place, j) => {
    numbers[place] = result.parameters[j]!;
  });
  return { start, numbers, iterations: iterations + result.iterations, rows: on.n, result };
}

/**
 * On many rows, where a step is expensive, ten steps need not gain more than a hundredth of the noise of one observation:
 * the estimate is far better known then than the truth.
 */
function settled(n: number): number {
  return n > 10_000 ? Math.min(1e-7, 0.01 / n) : 1e-9;
}

/** The runs from the best to the worst; those that failed last; equal ones by number. */
export function ranked(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => b.rows - a.rows || sumOf(a) - sumOf(b) || a.start - b.start);
}

/** The sum of squares of a run's last stage. */
export function sumOf({ result }: Run, otherwise: number = Number.MAX_VALUE): number {
  return result?.equations.sumOfSquares ?? otherwise;
}

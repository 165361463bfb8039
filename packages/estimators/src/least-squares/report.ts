import { MoeError } from '@tfjs-moe/core';
import { canonical } from '@tfjs-moe/measures';
import { measureOf } from '@tfjs-moe/measures/tape';
import { effectiveExperts } from './effective-experts.ts';
import type { LeastSquaresFit, StartReport } from './fit.ts';
import { WHO } from './options.ts';
import { predictions } from './predictions.ts';
import { sumOf } from './runs.ts';
import type { Search } from './search.ts';
import type { Setting } from './setting.ts';

/** What a search has found, as a fit. */
export function report(
  { shape, space, options, units, square }: Setting,
  { runs, best }: Search,
): LeastSquaresFit {
  if (best?.result === undefined) {
    throw new MoeError(WHO, 'the function must be finite at a start at least; give initial, or other data');
  }
  const { result } = best;
  const { columns } = options;
  const found = measureOf(shape, best.numbers);
  const measure = canonical(units?.toData(found) ?? found);
  const { fitted, shares } = predictions(measure, columns.inputs, columns.weights);
  const sumOfSquares = square * result.equations.sumOfSquares;
  return {
    measure,
    residualSumOfSquares: sumOfSquares,
    sigma2: sumOfSquares / columns.totalWeight,
    converged: result.reason !== 'iterations' && result.reason !== 'stalled',
    reason: result.reason,
    iterations: best.iterations,
    gradientNorm: result.gradientNorm,
    fitted,
    history: result.history.map((value) => square * value),
    starts: runs.map(
      (run): StartReport => ({
        residualSumOfSquares: square * sumOf(run, Number.POSITIVE_INFINITY),
        rows: run.rows,
        iterations: run.iterations,
        reason: run.result?.reason,
      }),
    ),
    best: best.start,
    parameters: space.free.length,
    atBounds: space.free
      .filter((place) => [space.lower[place], space.upper[place]].includes(best.numbers[place]))
      .map((place) => space.labels[place]!),
    shares,
    effectiveExperts: effectiveExperts(measure, shares),
  };
}

import type { ErrorKind } from '../inference/coefficients.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Part of its terms below which a sum is rounding. */
const CANCELLED = 1e-6;

/**
 * $\sqrt{\nabla^\top V \nabla}$ of a function of the estimates. What is 0 by convention, held or left out has no variance.
 * @returns null where the function changes along what the data do not determine, or has no finite variance
 */
export function gradientDeviation(
  { estimates, estimated, covariances, undetermined }: MaximumLikelihoodFit,
  gradient: Float64Array,
  errors: ErrorKind,
): number | null {
  const isOpen =
    undetermined === undefined &&
    estimates.some(
      ({ status }, i) => (status === 'not identified' || status === 'penalised') && gradient[i] !== 0,
    );
  if (isOpen || undetermined?.directions.some((direction) => movesAlong(gradient, direction))) return null;
  const [places, matrix] =
    undetermined === undefined
      ? [estimated, covariances[errors]]
      : [estimates.map((_, i) => i), undetermined.covariances[errors]];
  let variance = 0;
  places.forEach((a, i) => {
    places.forEach((b, j) => {
      variance += gradient[a]! * matrix[i]![j]! * gradient[b]!;
    });
  });
  return variance >= 0 && Number.isFinite(variance) ? Math.sqrt(variance) : null;
}

function movesAlong(gradient: Float64Array, direction: readonly number[]): boolean {
  let sum = 0;
  let terms = 0;
  direction.forEach((value, i) => {
    sum += value * gradient[i]!;
    terms += Math.abs(value * gradient[i]!);
  });
  return Math.abs(sum) > CANCELLED * terms;
}

import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import type { MaximumLikelihoodOptions } from '../likelihood/problem/options.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { modelOf } from '../model-of.ts';
import type { Sample } from '../sample.ts';

/** The options that make a fit again, without its data and start. */
export type RefitOptions = Pick<
  MaximumLikelihoodOptions,
  'tolerance' | 'maxIterations' | 'minVariance' | 'starts' | 'seed'
>;

/**
 * Fits of the same model to other samples: what the bootstrap and cross-validation are made of.
 *
 * Refitted from the fit's own parameters, and from further starts where `starts` is above 1.
 */
export function refit(
  fit: MaximumLikelihoodFit,
  data: Sample,
  options: RefitOptions = {},
): MaximumLikelihoodFit {
  return fitMaximumLikelihood({ ...modelOf(fit, data), initial: { measure: fit.measure }, ...options });
}

/**
 * Some of what was drawn independently, each as often as it is named: rows, or where the sample has groups or clusters all rows
 * of one, which is another one each time it is named.
 * @param units the rows of each
 */
export function unitsOf(
  sample: Sample,
  units: readonly (readonly number[])[],
  drawn: ArrayLike<number>,
): Sample {
  const groups = Array.from(drawn, (unit) => units[unit]!);
  const rows = groups.flat();
  const pick = (of: ArrayLike<number>) => Float64Array.from(rows, (row) => of[row]!);
  return {
    ...sample,
    inputs: rows.map((row) => sample.inputs[row]!),
    response: pick(sample.response),
    ...(sample.moreResponses !== undefined && {
      moreResponses: sample.moreResponses.map(({ name, values }) => ({ name, values: pick(values) })),
    }),
    ...(sample.weights !== undefined && { weights: pick(sample.weights) }),
    ...(sample.offset !== undefined && { offset: pick(sample.offset) }),
    ...(sample.trials !== undefined && { trials: pick(sample.trials) }),
    ...(sample.groups !== undefined && {
      groups: groups.flatMap((own, unit) => own.map((row) => `${unit} ${sample.groups![row]}`)),
    }),
    ...(sample.clusters !== undefined && { clusters: groups.flatMap((own, unit) => own.map(() => unit)) }),
  };
}

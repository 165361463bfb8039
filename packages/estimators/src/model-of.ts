import type { MaximumLikelihoodOptions } from './likelihood/problem/options.ts';
import { isOfClasses } from './likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from './likelihood/report/fit.ts';
import type { Sample } from './sample.ts';

/** The options of `fitMaximumLikelihood` that make the model of a fit again, for any sample. */
export function modelOf(fit: MaximumLikelihoodFit, data: Sample): MaximumLikelihoodOptions {
  const { measure, family, variances, minVariance } = fit;
  return {
    gate: measure.gate,
    expert: measure.expert,
    experts: measure.experts,
    family,
    variances,
    ...(minVariance !== undefined && { minVariance }),
    ...(fit.zeroExpert && { zeroExpert: true }),
    ...(fit.penalty !== undefined && { penalty: fit.penalty }),
    ...(fit.structure !== undefined && { structure: fit.structure }),
    ...(isOfClasses(fit) && { classes: measure.units ?? 1 }),
    data: { ...data, inputNames: data.inputNames ?? fit.inputNames },
  };
}

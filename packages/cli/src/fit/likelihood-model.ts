import { type Config, type Expert, type Gate, getExpert, getGate, MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodOptions } from '@tfjs-moe/estimators';
import type { FitSample } from './fit-sample.ts';
import type { ModelOptions } from './model-options.ts';

/** What `fitMaximumLikelihood` is given of a command's words, but for the number of experts. */
export function likelihoodModel(
  options: ModelOptions,
  sample: FitSample,
): Omit<MaximumLikelihoodOptions, 'experts'> {
  const { variances, zeroExpert, seed, family, families, starts, minVariance, structure } = options;
  return {
    ...pluginsOf(options, sample),
    data: sample,
    variances,
    zeroExpert,
    seed,
    family: families ?? family,
    ...(starts !== undefined && { starts }),
    ...(minVariance !== undefined && { minVariance }),
    ...(structure !== undefined && { structure }),
  };
}

/** Gate and expert, without the constants that a formula takes away. */
export function pluginsOf(
  { who, gate, expert }: ModelOptions,
  { intercepts }: FitSample,
): { readonly gate: Gate; readonly expert: Expert } {
  const without = <P extends { readonly config: Config }>(plugin: P, restore: (config: Config) => P): P => {
    if ('useBias' in plugin.config) return restore({ ...plugin.config, useBias: false });
    throw new MoeError(who, 'the formula takes a constant away that is none of its own', plugin.config.kind);
  };
  return {
    gate: intercepts?.gate === false ? without(gate, (config) => getGate(config, who)) : gate,
    expert: intercepts?.experts === false ? without(expert, (config) => getExpert(config, who)) : expert,
  };
}

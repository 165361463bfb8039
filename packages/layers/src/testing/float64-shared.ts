import { arrayInput, arrayOps, getExpert, type ParamSpecs, replicate } from '@tfjs-moe/core';
import { drawnData, valuesOf } from '@tfjs-moe/core/testing';
import type { SharedExperts, SharedExpertsOptions } from '../extensions/shared-experts.ts';

/** Shared experts on float64 arrays. */
export interface Float64Shared {
  /** Specifications by the name below `shared`. */
  readonly specs: ParamSpecs;
  /** Seeded numbers for every parameter. */
  draw(seed: number): Record<string, Float64Array>;
  /** What is added to the output [T * U]. */
  output(rows: readonly (readonly number[])[], data: Record<string, Float64Array>): Float64Array;
}

/** The oracle of `sharedExperts`: every one by itself, its gate by a plain sum. */
export function float64Shared({ config }: SharedExperts, inputDim: number, units: number): Float64Shared {
  const { expert: own, count = 1, gate } = config as unknown as SharedExpertsOptions;
  const expert = getExpert(own);
  const ofExpert = replicate(expert.params(inputDim, units), count);
  const ofGate: ParamSpecs =
    gate === 'sigmoid'
      ? { 'gate/kernel': { shape: [inputDim, 1], initializer: { kind: 'glorotUniform' }, copies: count } }
      : {};
  return {
    specs: { ...ofExpert, ...ofGate },
    draw: (seed) => ({ ...drawnData(ofExpert, seed), ...drawnData(ofGate, seed) }),
    output(rows, data) {
      const h = expert.apply(arrayOps, arrayInput(rows), valuesOf(ofExpert, data));
      const kernel = data['gate/kernel'];
      return Float64Array.from({ length: rows.length * units }, (_, i) => {
        const [t, u] = [Math.floor(i / units), i % units];
        let sum = 0;
        for (let s = 0; s < count; s++) {
          const logit = kernel && rows[t]!.reduce((z, x, d) => z + x * kernel[s * inputDim + d]!, 0);
          const weight = logit === undefined ? 1 : 1 / (1 + Math.exp(-logit));
          const row = (h.tokens === 1 ? 0 : t) * h.experts + (h.experts === 1 ? 0 : s);
          sum += weight * h.data[row * units + u]!;
        }
        return sum;
      });
    },
  };
}

import { defineExpert, type ExpertFactory, expectKnownOptions } from '@tfjs-moe/core';
import { expectSameWidth } from './same-width.ts';

/** There are none. */
type NoOptions = Readonly<Record<string, never>>;

/**
 * Identity expert: $h(x) = x$, an expert that costs nothing. There are as many output units as inputs.
 *
 * Among others in one layer (`mixedExperts`) it lets a gate decide how much is computed for a token: a token that chooses
 * it is done with fewer of the others. The "zero-computation" expert of LongCat-Flash and the copy expert of MoE++.
 *
 * Source: Meituan, "LongCat-Flash Technical Report" (2025), section 2.1; Jin et al., "MoE++: Accelerating
 * Mixture-of-Experts Methods with Zero-Computation Experts" (2024), section 3.1.
 */
export const identity: ExpertFactory<[options?: NoOptions]> = /* @__PURE__ */ defineExpert(
  'identity',
  (options: NoOptions = {}) => {
    expectKnownOptions('identity', options, []);
    return {
      config: {},
      params(inputDim, units) {
        expectSameWidth('identity', inputDim, units);
        return {};
      },
      apply: (_ops, x) => x,
    };
  },
);

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly identity: unknown;
  }
}

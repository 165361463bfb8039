import { defineExpert, type ExpertFactory, expectKnownOptions } from '@tfjs-moe/core';

/** There are none. */
type NoOptions = Readonly<Record<string, never>>;

/**
 * Zero expert: $h(x) = 0$. What a gate sends to it is left out.
 *
 * Among others in one layer (`mixedExperts`) it lets a gate skip tokens; what other experts of the token weigh then is
 * the gate's to say. Its zeros are a parameter that never learns and can have no other value.
 *
 * Source: Jin et al., "MoE++: Accelerating Mixture-of-Experts Methods with Zero-Computation Experts" (2024), section
 * 3.1.
 */
export const zero: ExpertFactory<[options?: NoOptions], ZeroParams> = /* @__PURE__ */ defineExpert(
  'zero',
  (options: NoOptions = {}) => {
    expectKnownOptions('zero', options, []);
    return {
      config: {},
      params: (_inputDim, units) => ({
        value: {
          shape: [units],
          initializer: { kind: 'zeros' },
          constraint: { min: 0, max: 0 },
          shared: true,
          trainable: false,
        },
      }),
      apply: (_ops, _x, p) => p.value,
      traits: { form: { of: 'nothing', bias: 'value' }, linearIn: ['value'] },
    };
  },
);

interface ZeroParams {
  value: unknown;
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly zero: unknown;
  }
}

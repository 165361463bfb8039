import {
  defineRouter,
  expectKnownOptions,
  getInitializer,
  type InitializerIdentifier,
  type RouterFactory,
} from '@tfjs-moe/core';

/** Options of `constantRouter`: what its numbers start with. */
export interface ConstantRouterOptions {
  /** Initial values of $c$. Default `'zeros'`. */
  readonly valueInitializer?: InitializerIdentifier;
}

/**
 * Constant router: $z(x) = c$, whatever the input.
 *
 * A gate of it has the same weights at every input: the mixing weights of a plain mixture of regressions. The gate is to
 * have no biases, which could not be told from c.
 *
 * Source: McLachlan and Peel, "Finite Mixture Models" (2000), chapter 1.
 *
 * @example softmax({ router: constantRouter(), useBias: false })
 */
export const constantRouter: RouterFactory<[options?: ConstantRouterOptions], ConstantRouterParams> =
  /* @__PURE__ */ defineRouter('constant', (options: ConstantRouterOptions = {}) => {
    expectKnownOptions('constantRouter', options, ['valueInitializer']);
    const valueInitializer = getInitializer(
      'constantRouter',
      'valueInitializer',
      options.valueInitializer ?? 'zeros',
    );
    return {
      config: { valueInitializer },
      params: () => ({ value: { shape: [1], initializer: valueInitializer } }),
      // One score for every token.
      logit: (ops, x, p) => ops.add(p.value, ops.mul(ops.constant(0), ops.dot(x, x))),
      traits: {
        form: { of: 'features', kernel: 'value' },
        homogeneous: [{ parameters: ['value'], degree: 1 }],
        shifts: [{ parameter: 'value' }],
      },
    };
  });

interface ConstantRouterParams {
  value: unknown;
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly constant: ConstantRouterOptions;
  }
}

import {
  defineRouter,
  expectKnownOptions,
  getInitializer,
  type InitializerIdentifier,
  type RouterFactory,
} from '@tfjs-moe/core';

/** Options of `linearRouter`: what $\beta_1$ starts with. */
export interface LinearRouterOptions {
  /** Initial values of $\beta_1$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
}

/**
 * Linear router: $z(x) = \beta_1^\top x$.
 *
 * The router of almost every published gate and the default of all gates here. It has no bias of its own: $\beta_0$
 * belongs to the gate, because selection may leave it out. With a temperature gate its scale cannot be estimated,
 * since $(\beta_1, \beta_0, \tau)$ and $c(\beta_1, \beta_0, \tau)$ are the same gate.
 *
 * Source: Nguyen, Ho and Rinaldo, "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equations (2)
 * and (15).
 */
export const linearRouter: RouterFactory<[options?: LinearRouterOptions], LinearRouterParams> =
  /* @__PURE__ */ defineRouter('linear', (options: LinearRouterOptions = {}) => {
    expectKnownOptions('linearRouter', options, ['kernelInitializer']);
    const kernelInitializer = getInitializer(
      'linearRouter',
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    return {
      config: { kernelInitializer },
      params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: kernelInitializer } }),
      logit: (ops, x, p) => ops.dot(x, p.kernel),
      traits: {
        form: { of: 'input', kernel: 'kernel' },
        homogeneous: [{ parameters: ['kernel'], degree: 1 }],
        shifts: [{ parameter: 'kernel' }],
        coordinates: { of: ({ kernel }) => kernel! },
      },
    };
  });

interface LinearRouterParams {
  kernel: unknown;
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly linear: LinearRouterOptions;
  }
}

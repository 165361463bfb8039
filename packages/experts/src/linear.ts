import { defineExpert, type ExpertFactory, expectKnownOptions } from '@tfjs-moe/core';
import { type AffineOptions, type AffineParams, affine, affineOptions } from './affine.ts';

/** Options of the affine map. */
export type LinearOptions = AffineOptions;

/**
 * Linear expert: $h(x) = x W + b$.
 *
 * The classical expert (Jacobs, Jordan, Nowlan and Hinton, 1991): the cheapest, and the one whose mixture reads as a
 * piecewise linear regression. Under a softmax gate an over-specified mixture of linear experts is not identifiable,
 * because $\partial^2 h / \partial b^2 = 0$; where the estimates themselves matter, fit the true number of experts or
 * take a strongly identifiable expert.
 *
 * Source: Nguyen, Ho and Rinaldo, "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equation (9) and
 * Theorem 2.
 */
export const linear: ExpertFactory<[options?: LinearOptions], AffineParams> = /* @__PURE__ */ defineExpert(
  'linear',
  (options: LinearOptions = {}) => {
    expectKnownOptions('linear', options, affineOptions);
    const { config, kernel, bias, names } = affine('linear', options);
    const linearIn = names('kernel', 'bias');
    const [W, b] = linearIn;
    return {
      config,
      params: (inputDim, units) => ({ kernel: kernel(inputDim, units), ...bias('bias', units) }),
      apply: (ops, x, p) => ops.affine(x, p.kernel, p.bias),
      traits: { form: { of: 'input', kernel: W, bias: b }, linearIn },
    };
  },
);

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly linear: LinearOptions;
  }
}

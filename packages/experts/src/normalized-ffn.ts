import { defineExpert, type ExpertFactory, expectKnownOptions, expectNumber, guard } from '@tfjs-moe/core';
import { type FeedForwardOptions, feedForward, feedForwardOptions } from './feed-forward.ts';

/** Options of `normalizedFfn`: those of `ffn`, and the $\epsilon$ of the norm. */
export interface NormalizedFfnOptions extends FeedForwardOptions {
  /**
   * $\epsilon$ of the norm, which keeps value and gradient finite at $x = 0$; 0 gives the exact direction and is for
   * inputs that are never zero. Default 1e-6.
   */
  readonly epsilon?: number;
}

/** Squares of $\epsilon$ up to here keep floating point finite, and are no part of the model. */
const LARGEST_GUARD = 1e-9;

/**
 * Feed-forward expert on the direction of its input: $h(x) = \mathrm{ffn}\bigl(x / \sqrt{\lVert x \rVert^2 + \epsilon^2}\bigr)$.
 *
 * Taking the length out of the input separates $\partial h / \partial b$ from $\partial h / \partial W$, which an
 * ordinary layer ties together ($\partial_{W_u} h = x_u \partial_b h$); it is the theory's example of a strongly
 * identifiable expert. (One relation remains for $\sigma(x W / \lVert x \rVert + b)$, $\sum_u \partial^2_{W_u} h =
 * \partial^2_b h$, which does not harm the rate.) With one input feature only its sign is left: use two or more.
 *
 * Source: Nguyen, Ho and Rinaldo, "Convergence Rates for Softmax Gating Mixture of Experts" (2025), the example after
 * Definition 1.
 */
export const normalizedFfn: ExpertFactory<[options: NormalizedFfnOptions]> = /* @__PURE__ */ defineExpert(
  'normalizedFfn',
  (options: NormalizedFfnOptions) => {
    expectKnownOptions('normalizedFfn', options, [...feedForwardOptions, 'epsilon']);
    const epsilon = expectNumber('normalizedFfn', 'epsilon', options.epsilon ?? 1e-6, { min: 0 });
    const square = epsilon ** 2;
    const layers = feedForward('normalizedFfn', options);
    return {
      config: { ...layers.config, epsilon },
      params: layers.params,
      apply(ops, x, p) {
        const length = ops.dot(x, x);
        // One that is felt at inputs of an ordinary size is a part of the model.
        const small = square <= LARGEST_GUARD ? guard(ops, square) : ops.constant(square);
        const shifted = epsilon === 0 ? length : ops.add(length, small);
        return layers.apply(ops, ops.div(x, ops.sqrt(shifted)), p);
      },
      traits: {
        ...layers.traits,
        form: layers.traits?.form && { ...layers.traits.form, of: 'direction', epsilon },
      },
    };
  },
);

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly normalizedFfn: NormalizedFfnOptions;
  }
}

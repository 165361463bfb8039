import {
  defineExpert,
  type ExpertFactory,
  expectKnownOptions,
  getInitializer,
  type InitializerIdentifier,
} from '@tfjs-moe/core';
import { expectSameWidth } from './same-width.ts';

/** Options of `gatedConstant`: what its parameters start with. */
export interface GatedConstantOptions {
  /** Initial values of the two columns of $W$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Initial values of v. Default `'randomNormal'`. */
  readonly valueInitializer?: InitializerIdentifier;
}

/**
 * Gated constant expert: $h(x) = \alpha_1 x + \alpha_2 v$ with $\alpha = \operatorname{softmax}(x W)$ of two columns: the
 * input, partly replaced by a vector that is learned. There are as many output units as inputs.
 *
 * The "constant expert" of MoE++: hardly more than the identity to compute, for tokens that need little.
 *
 * Source: Jin et al., "MoE++: Accelerating Mixture-of-Experts Methods with Zero-Computation Experts" (2024), equation
 * (5).
 */
export const gatedConstant: ExpertFactory<[options?: GatedConstantOptions], GatedConstantParams> =
  /* @__PURE__ */ defineExpert('gatedConstant', (options: GatedConstantOptions = {}) => {
    const who = 'gatedConstant';
    expectKnownOptions(who, options, ['kernelInitializer', 'valueInitializer']);
    const { kernelInitializer: ofKernel = 'glorotUniform', valueInitializer: ofValue = 'randomNormal' } =
      options;
    const kernelInitializer = getInitializer(who, 'kernelInitializer', ofKernel);
    const valueInitializer = getInitializer(who, 'valueInitializer', ofValue);
    return {
      config: { kernelInitializer, valueInitializer },
      params(inputDim, units) {
        expectSameWidth(who, inputDim, units);
        return {
          kernel_input: { shape: [inputDim, 1], initializer: kernelInitializer },
          kernel_value: { shape: [inputDim, 1], initializer: kernelInitializer },
          value: { shape: [units], initializer: valueInitializer },
        };
      },
      apply(ops, x, p) {
        // A softmax of two is a sigmoid of their difference, and the other its complement.
        const toInput = ops.sub(ops.affine(x, p.kernel_input), ops.affine(x, p.kernel_value));
        const toValue = ops.sub(ops.constant(0), toInput);
        return ops.add(
          ops.mul(ops.activation('sigmoid', toInput), x),
          ops.mul(ops.activation('sigmoid', toValue), p.value),
        );
      },
    };
  });

interface GatedConstantParams {
  kernel_input: unknown;
  kernel_value: unknown;
  value: unknown;
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly gatedConstant: GatedConstantOptions;
  }
}

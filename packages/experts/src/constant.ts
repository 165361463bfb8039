import {
  defineExpert,
  type ExpertFactory,
  expectKnownOptions,
  getInitializer,
  type InitializerIdentifier,
} from '@tfjs-moe/core';

/** Options of `constant`. */
export interface ConstantOptions {
  /** Initial values of $c$; equal ones would give the router no gradient at first. Default `'randomNormal'`. */
  readonly valueInitializer?: InitializerIdentifier;
}

/**
 * Constant expert: $h(x) = c$, whatever the input.
 *
 * The mixture is then a weighted average of a few numbers, so all the modelling is the gate's: a soft partition of the
 * inputs. Also the expert to study a gate with. Under a softmax or sigmoid gate an over-specified mixture of constants
 * is not identifiable.
 *
 * Source: Nguyen, Ho and Rinaldo, "Sigmoid Gating is More Sample Efficient than Softmax Gating in Mixture of Experts"
 * (2024), the input-independent experts.
 */
export const constant: ExpertFactory<[options?: ConstantOptions], ConstantParams> =
  /* @__PURE__ */ defineExpert('constant', (options: ConstantOptions = {}) => {
    expectKnownOptions('constant', options, ['valueInitializer']);
    const valueInitializer = getInitializer(
      'constant',
      'valueInitializer',
      options.valueInitializer ?? 'randomNormal',
    );
    return {
      config: { valueInitializer },
      params: (_inputDim, units) => ({ value: { shape: [units], initializer: valueInitializer } }),
      apply: (_ops, _x, p) => p.value,
      traits: { form: { of: 'nothing', bias: 'value' }, linearIn: ['value'] },
    };
  });

interface ConstantParams {
  value: unknown;
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly constant: ConstantOptions;
  }
}

import {
  type Activation,
  type ActivationIdentifier,
  type AnyParams,
  defineRouter,
  expectActivation,
  expectBoolean,
  expectKnownOptions,
  expectSizes,
  getInitializer,
  hiddenLayer,
  type InitializerIdentifier,
  type Named,
  type Ops,
  type ParamSpec,
  type RouterFactory,
} from '@tfjs-moe/core';

/** Options of `mlpRouter`: widths and activations. */
export interface MlpRouterOptions {
  /** Width of the hidden layer, or of each in a list; an empty list gives $\varphi(v^\top x)$. Default 16. */
  readonly hiddenUnits?: number | readonly number[];
  /** The activation $\sigma$ of the hidden layers. Default `'gelu'`. */
  readonly activation?: ActivationIdentifier;
  /**
   * The activation $\varphi$ of the score. `'identity'` and `'relu'` warn once per program, because a learned
   * temperature or any other rescaling is then not identifiable. Default `'tanh'`.
   */
  readonly outputActivation?: ActivationIdentifier;
  /** Whether all experts share the hidden layers and have only $v$ of their own. Default false. */
  readonly shared?: boolean;
  /** Initial values of every $W$ and of $v$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Initial values of every $b$. Default `'zeros'`. */
  readonly biasInitializer?: InitializerIdentifier;
}

const known = [
  'hiddenUnits',
  'activation',
  'outputActivation',
  'shared',
  'kernelInitializer',
  'biasInitializer',
];

/**
 * MLP router: $z(x) = \varphi\bigl(v^\top \sigma(\cdots \sigma(x W_1 + b_1) \cdots)\bigr)$, a small neural network that
 * ends with an activation $\varphi$.
 *
 * For regions that no hyperplane separates, and for temperature gates: a router that ends with a bounded activation
 * such as tanh makes the temperature identifiable, while one that ends linearly is homogeneous in $v$, and so is one
 * that ends with ReLU.
 *
 * Source: Nguyen, Ho and Rinaldo, "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equation (17),
 * Definition 2 and Theorem 4.
 */
export const mlpRouter: RouterFactory<[options?: MlpRouterOptions]> = /* @__PURE__ */ defineRouter(
  'mlp',
  (options: MlpRouterOptions = {}) => {
    const who = 'mlpRouter';
    expectKnownOptions(who, options, known);
    const hiddenUnits = expectSizes(who, 'hiddenUnits', options.hiddenUnits ?? 16);
    const activation = expectActivation(who, 'activation', options.activation ?? 'gelu');
    const outputActivation = expectActivation(who, 'outputActivation', options.outputActivation ?? 'tanh');
    const shared = expectBoolean(who, 'shared', options.shared ?? false);
    const kernelInitializer = getInitializer(
      who,
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    const biasInitializer = getInitializer(who, 'biasInitializer', options.biasInitializer ?? 'zeros');
    const scalesFreely = outputActivation === 'identity' || outputActivation === 'relu';
    if (scalesFreely) warnOnce(outputActivation);
    const last = hiddenUnits.length + 1;
    const hasCommonFeatures = outputActivation === 'identity' && (shared || last === 1);
    // Hidden units without an activation may be combinations of each other.
    const isLinearInEnd = hasCommonFeatures && (activation !== 'identity' || last === 1);
    const end = `layer_${last}/kernel`;
    return {
      config: { hiddenUnits, activation, outputActivation, shared, kernelInitializer, biasInitializer },
      params(inputDim) {
        const widths = [inputDim, ...hiddenUnits];
        const specs: Record<string, ParamSpec> = {};
        for (let n = 1; n < last; n++) {
          const width = widths[n]!;
          const shape = [widths[n - 1]!, width] as const;
          specs[`layer_${n}/kernel`] = { shape, initializer: kernelInitializer, shared };
          specs[`layer_${n}/bias`] = { shape: [width], initializer: biasInitializer, shared };
        }
        const shape = [widths[last - 1]!] as const;
        return { ...specs, [end]: { shape, initializer: kernelInitializer } };
      },
      logit<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) {
        let value = x;
        for (let n = 1; n < last; n++) {
          const [kernel, bias] = [p[`layer_${n}/kernel`]!, p[`layer_${n}/bias`]!];
          value = ops.affine(value, kernel, bias, activation);
        }
        return ops.activation(outputActivation, ops.dot(value, p[end]!));
      },
      traits: {
        form: { of: last === 1 ? 'input' : 'features', kernel: end, activation: outputActivation },
        homogeneous: scalesFreely ? [{ parameters: [end], degree: 1 }] : [],
        // All experts must have the same features for their scores to move alike.
        shifts: hasCommonFeatures ? [{ parameter: end }] : [],
        ...(isLinearInEnd && { coordinates: { of: (own) => own[end]! } }),
        units: hiddenUnits.map((_, i) => {
          const [own, next] = [`layer_${i + 1}`, `layer_${i + 2}`];
          const nextBias = i + 2 < last ? `${next}/bias` : undefined;
          return hiddenLayer(activation, [`${own}/kernel`, `${own}/bias`], [`${next}/kernel`], nextBias);
        }),
      },
    };
  },
);

let warned = false;

function warnOnce(outputActivation: Activation): void {
  if (warned) return;
  warned = true;
  // biome-ignore lint/suspicious/noConsole: the choice is legitimate without a temperature, so it cannot be an error
  console.warn(
    `[tfjs-moe] mlpRouter: with outputActivation '${outputActivation}' the score is homogeneous in the last kernel, ` +
      'so a learned temperature or any other rescaling of the scores is not identifiable. ' +
      "End with 'tanh' or 'sigmoid' where the parameters matter.",
  );
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly mlp: MlpRouterOptions;
  }
}

import {
  type ActivationIdentifier,
  type AnyParams,
  type ExpertDefinition,
  expectActivation,
  expectBoolean,
  expectSizes,
  hiddenLayer,
  MoeError,
  type Named,
  type Ops,
  type ParamSpec,
} from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { type AffineOptions, affine, affineOptions } from './affine.ts';

/** Options of `ffn` and of `normalizedFfn`: widths, activation, and whether the last map stays linear. */
export interface FeedForwardOptions extends AffineOptions {
  /** Width of the hidden layer, or of each in a list. An empty list is for `outputWeights: false` only. */
  readonly hiddenUnits: number | readonly number[];
  /** The activation $\sigma$. Default `'relu'`. */
  readonly activation?: ActivationIdentifier;
  /**
   * Whether the last affine map, the one to the output units, stays linear. Without output weights the activation
   * follows it too, so `{ hiddenUnits: [], outputWeights: false }` is $\sigma(x W + b)$. Default true.
   */
  readonly outputWeights?: boolean;
}

/** The names of `FeedForwardOptions`, for the check of unknown options. */
export const feedForwardOptions: readonly string[] = [
  'hiddenUnits',
  'activation',
  'outputWeights',
  ...affineOptions,
];

/**
 * The layers of a feed-forward expert, which `ffn` and `normalizedFfn` share: affine maps `layer_1/kernel`, `layer_1/bias`,
 * `layer_2/kernel`, ... with an activation after each but, where there are output weights, the last.
 *
 * Reads the options and makes the expert; `who` is named in errors.
 */
export function feedForward(who: string, options: FeedForwardOptions): ExpertDefinition {
  const outputWeights = expectBoolean(who, 'outputWeights', options.outputWeights ?? true);
  const hiddenUnits = expectSizes(who, 'hiddenUnits', options.hiddenUnits);
  if (outputWeights && hiddenUnits.length === 0) {
    const hint = development ? ' (without hidden layers, see linear)' : '';
    throw new MoeError(who, `hiddenUnits may be empty only with outputWeights: false${hint}`, hiddenUnits);
  }
  const activation = expectActivation(who, 'activation', options.activation ?? 'relu');
  const { config, kernel, bias, names } = affine(who, options);
  const layers = hiddenUnits.length + 1;
  const namesOf = (n: number) => names(`layer_${n}/kernel`, `layer_${n}/bias`);
  const [W, b] = namesOf(layers);
  return {
    config: { hiddenUnits, activation, outputWeights, ...config },
    params(inputDim, units) {
      const widths = [inputDim, ...hiddenUnits, units];
      const specs: Record<string, ParamSpec> = {};
      for (let n = 1; n <= layers; n++) {
        const width = widths[n]!;
        specs[`layer_${n}/kernel`] = kernel(widths[n - 1]!, width);
        Object.assign(specs, bias(`layer_${n}/bias`, width));
      }
      return specs;
    },
    apply<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) {
      let value = x;
      for (let n = 1; n <= layers; n++) {
        const kernel = p[`layer_${n}/kernel`]!;
        const bias = p[`layer_${n}/bias`];
        const isActivated = n < layers || !outputWeights;
        value = ops.affine(value, kernel, bias, isActivated ? activation : undefined);
      }
      return value;
    },
    traits: {
      form: layers > 1 ? undefined : { of: 'input', kernel: W, bias: b, activation },
      linearIn: outputWeights || activation === 'identity' ? namesOf(layers) : undefined,
      units: hiddenUnits.map((_, i) => {
        const [next, nextBias] = namesOf(i + 2);
        return hiddenLayer(activation, namesOf(i + 1), [next], nextBias);
      }),
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { expectKnownOptions, MoeError, type OptionsJson } from '@tfjs-moe/core';
import type { LossFunction } from '../balance/losses-of.ts';
import { bring } from '../brought.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import type { StoredParam } from '../weights.ts';
import { bankWith, type Extension } from './extension.ts';

/** A regulariser of tfjs, such as `tf.regularizers.l2({ l2: 0.01 })`. */
export interface WeightRegularizer {
  apply(weight: tf.Tensor): tf.Scalar;
  getClassName(): string;
  getConfig(): tf.serialization.ConfigDict;
}

/** What a config holds of a regulariser. */
export interface RegularizerConfig {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
}

/** Options of `weightRegularizers`: a regulariser of tfjs, or its config, for each sort of weight. Default none. */
export interface WeightRegularizersOptions {
  /** For the kernels of the experts, shared ones too. */
  readonly expertKernel?: WeightRegularizer | RegularizerConfig | null;
  /** For their biases. */
  readonly expertBias?: WeightRegularizer | RegularizerConfig | null;
  /** For the kernels of the gate. */
  readonly gateKernel?: WeightRegularizer | RegularizerConfig | null;
  /** For its biases. */
  readonly gateBias?: WeightRegularizer | RegularizerConfig | null;
}

/** Regularisers of a layer's weights. */
export interface WeightRegularizers extends Extension<'weightRegularizers'> {}

/**
 * Regularisers of tfjs for the weights of a layer: what they say of the weights is added to the training loss.
 *
 * A kernel is a parameter whose name ends in `kernel` or goes on from there (`kernel_up`), a bias one that begins so; others,
 * a temperature say, and what never learns, have none. A regulariser is given the weights of all experts as they are
 * stored, [experts, in, out], of which $\ell_1$ and $\ell_2$ are sums. `layerExperts` have regularisers of their own.
 * tfjs counts the regularisers of a layer once for every place where it stands in a model, of its own layers too.
 *
 * Source: the layer's own; tfjs has them as options of each layer.
 *
 * @throws MoeError for what is no regulariser, or a class that is not registered
 * @example mixtureOfExperts({ ..., regularizers: weightRegularizers({ expertKernel: tf.regularizers.l2({ l2: 1e-4 }) }) })
 */
export const weightRegularizers: (options: WeightRegularizersOptions) => WeightRegularizers =
  /* @__PURE__ */ defineWeightRegularizers();

const WHO = 'weightRegularizers';
const sorts = ['expertKernel', 'expertBias', 'gateKernel', 'gateBias'] as const;
type Sort = (typeof sorts)[number];

function defineWeightRegularizers(): typeof weightRegularizers {
  bring('regularizers', readWeightRegularizers);
  return (options) => readWeightRegularizers(options);
}

/** Regularisers from themselves, their options or the config of a saved model. */
export function readWeightRegularizers(given: object): WeightRegularizers {
  if ((given as Partial<WeightRegularizers> | null)?.role === WHO) return given as WeightRegularizers;
  expectKnownOptions(WHO, given, sorts, { nullable: sorts });
  const options = given as WeightRegularizersOptions;
  const all = Object.fromEntries(sorts.map((sort) => [sort, regularizerOf(sort, options[sort])]));
  const config = Object.fromEntries(sorts.map((sort) => [sort, all[sort] ? configOf(all[sort]) : null]));
  return Object.freeze<WeightRegularizers>({
    role: WHO,
    config: config as OptionsJson,
    around: (bank) => regularized(bank, all as Record<Sort, WeightRegularizer | undefined>),
  });
}

const configOf = (each: WeightRegularizer): RegularizerConfig => ({
  className: each.getClassName(),
  config: each.getConfig(),
});

function regularizerOf(sort: Sort, given: unknown): WeightRegularizer | undefined {
  if (given == null) return undefined;
  const { apply, getConfig, className, config } = given as Partial<WeightRegularizer & RegularizerConfig>;
  if (typeof apply === 'function' && typeof getConfig === 'function') return given as WeightRegularizer;
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (typeof className !== 'string' || typeof config !== 'object') {
    throw new MoeError(WHO, `${sort} must be a regulariser of tfjs, or { className, config }`, given);
  }
  // What tfjs writes in snake_case it reads with a capital letter.
  const name = `${className[0]?.toUpperCase()}${className.slice(1)}`;
  if (!Object.hasOwn(classNameMap, name)) {
    throw new MoeError(WHO, `${sort}: unknown class; import the module that registers it`, className);
  }
  const [regularizer, fromConfig] = classNameMap[name]!;
  return fromConfig(regularizer, config) as unknown as WeightRegularizer;
}

function regularized(bank: ExpertBank, all: Record<Sort, WeightRegularizer | undefined>): ExpertBank {
  const ofPart = (stored: Readonly<Record<string, StoredParam>>, part: 'expert' | 'gate') =>
    Object.entries(stored).flatMap(([name, { spec, variable }]): LossFunction[] => {
      const last = name.split('/').at(-1)!;
      const sort = /^(kernel|bias)/.exec(last)?.[0];
      const regularizer =
        sort && spec.trainable !== false ? all[`${part}${sort === 'kernel' ? 'Kernel' : 'Bias'}`] : undefined;
      return regularizer ? [() => regularizer.apply(variable.read())] : [];
    });
  return bankWith(bank, {
    losses: (gateParams) => [
      ...bank.losses(gateParams),
      ...ofPart(bank.stored, 'expert'),
      ...ofPart(gateParams, 'gate'),
    ],
  });
}

import type * as tf from '@tensorflow/tfjs-core';
import { bring } from '../brought.ts';
import {
  configBySort,
  readBySort,
  type WeightFunction,
  type WeightFunctionConfig,
  weightsBySort,
} from './by-sort.ts';
import { bankWith, type Extension } from './extension.ts';

/** A regulariser of tfjs, such as `tf.regularizers.l2({ l2: 0.01 })`. */
export interface WeightRegularizer extends WeightFunction<tf.Scalar> {}

/** What a config holds of a regulariser. */
export interface RegularizerConfig extends WeightFunctionConfig {}

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

function defineWeightRegularizers(): typeof weightRegularizers {
  bring('regularizers', readWeightRegularizers);
  return (options) => readWeightRegularizers(options);
}

/** Regularisers from themselves, their options or the config of a saved model. */
export function readWeightRegularizers(given: object): WeightRegularizers {
  if ((given as Partial<WeightRegularizers> | null)?.role === WHO) return given as WeightRegularizers;
  const all = readBySort<tf.Scalar>(WHO, 'regulariser', given);
  return Object.freeze<WeightRegularizers>({
    role: WHO,
    config: configBySort(all),
    around: (bank) =>
      bankWith(bank, {
        losses: (gateParams) => [
          ...bank.losses(gateParams),
          ...[...weightsBySort(all, 'expert', bank.stored), ...weightsBySort(all, 'gate', gateParams)].map(
            ({ own, param }) =>
              () =>
                own.apply(param.variable.read()),
          ),
        ],
      }),
  });
}

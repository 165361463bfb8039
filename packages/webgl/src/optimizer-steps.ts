import * as tf from '@tensorflow/tfjs-core';
import { optimizerSteps, type PlacedSteps, type StepInputs } from '@tfjs-moe/core/backends';
import { ADAM, MOMENTUM, RMS_PROP, SGD } from '@tfjs-moe/core/kernels';
import { KEPT } from './kernels/optimizer-steps.ts';

type Inputs = StepInputs<tf.Tensor>;

/** Takes a step by its kernel: `numbers` are what tfjs has as tensors of one number. */
function taken(
  name: string,
  numbers: Readonly<Record<string, tf.Tensor>>,
  rates: Readonly<Record<string, number>>,
): (inputs: Inputs) => tf.Tensor[] {
  return ({ value, gradient, kept }) => {
    const own = kept.map((tensor, i) => [KEPT[i]!, tensor] as const).filter(([, tensor]) => tensor);
    const inputs = { value, gradient, ...Object.fromEntries(own), ...numbers };
    const attributes = { rates, kept: kept.length };
    return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as never) as tf.Tensor[];
  };
}

/** Steps of optimisers by one program for all variables, where tfjs has one for every operation and kind of shape. */
export const steps: PlacedSteps = optimizerSteps<tf.Tensor>(tf, 'webgl', {
  adam({ beta1, beta2, epsilon, learningRate, accBeta1, accBeta2 }) {
    const left = { left1: 1 - beta1, left2: 1 - beta2 };
    const rates = { beta1, beta2, ...left, epsilon, change: -learningRate };
    return taken(ADAM, { power1: accBeta1, power2: accBeta2 }, rates);
  },
  sgd: ({ c }) => taken(SGD, { change: c }, {}),
  momentum: ({ c, m, useNesterov }) =>
    taken(MOMENTUM, { change: c, momentum: m }, { nesterov: useNesterov ? 1 : 0 }),
  rmsProp: ({ learningRate, decay, momentum, epsilon, centered }) =>
    taken(
      RMS_PROP,
      {},
      { learningRate, decay, left: 1 - decay, momentum, epsilon, centered: centered ? 1 : 0 },
    ),
});

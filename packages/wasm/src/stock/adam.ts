import {
  AdamOptimizer,
  engine,
  mul,
  type NamedTensorMap,
  type Tensor,
  tidy,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { optimizerSteps, type PlacedSteps } from '@tfjs-moe/core/backends';
import { ADAM } from '@tfjs-moe/core/kernels';
import type { AdamAttributes } from '../kernels/adam.ts';

/** A step of Adam by one kernel for each variable. */
export const adam: PlacedSteps = optimizerSteps<Tensor>(
  { AdamOptimizer, engine, mul, tidy, variable, zerosLike },
  'wasm',
  {
    adam({ beta1, beta2, epsilon, learningRate, accBeta1, accBeta2 }) {
      const whole = (power: Tensor) => Math.fround(1 - power.dataSync()[0]!);
      const attributes: AdamAttributes = {
        ...{ beta1, beta2, epsilon, learningRate },
        ...{ whole1: whole(accBeta1), whole2: whole(accBeta2) },
      };
      return ({ value, gradient, kept: [first = zerosLike(value), second = zerosLike(value)] }) => {
        const inputs: NamedTensorMap = { value, gradient, first, second };
        return engine().runKernel(ADAM, inputs, attributes as never) as Tensor[];
      };
    },
  },
);

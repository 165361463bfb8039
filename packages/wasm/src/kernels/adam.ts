import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { ADAM } from '@tfjs-moe/core/kernels';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** What it reads, all of one shape. */
export interface AdamInputs {
  readonly value: TensorInfo;
  readonly gradient: TensorInfo;
  /** The means so far of the gradients, and of their squares. */
  readonly first: TensorInfo;
  readonly second: TensorInfo;
}

/** What it is told. */
export interface AdamAttributes {
  readonly beta1: number;
  readonly beta2: number;
  /** 1 less the powers of both: what the means are divided by. */
  readonly whole1: number;
  readonly whole2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

/** The new value and the new means, in float32 to the bit what tfjs composes. */
export const adam: Kernel = defineKernel<AdamInputs, AdamAttributes>(
  ADAM,
  { value: FLOATS, gradient: FLOATS, first: FLOATS, second: FLOATS },
  ({ inputs: { value, gradient, first, second }, attrs, backend, attachment }) => {
    const given = [value, gradient, first, second] as const;
    const made = [value, first, second].map(({ shape }) => newTensor(backend, shape));
    const { beta1, beta2, whole1, whole2, epsilon, learningRate } = attrs;
    const at = (tensor: TensorInfo | undefined) => addressOf(backend, tensor!);
    attachment.kernels.adam(
      ...([at(given[0]), at(given[1]), at(given[2]), at(given[3])] as const),
      ...([at(made[0]), at(made[1]), at(made[2]), util.sizeFromShape(value.shape)] as const),
      ...([beta1, 1 - beta1, beta2, 1 - beta2, whole1, whole2, epsilon, -learningRate] as const),
    );
    return made;
  },
);

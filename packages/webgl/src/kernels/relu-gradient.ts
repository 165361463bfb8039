import type { TensorInfo } from '@tensorflow/tfjs-core';
import { RELU_GRADIENT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

interface Inputs {
  readonly dy: TensorInfo;
  readonly y: TensorInfo;
}

/** The gradient behind ReLU, from its result. */
export const reluGradient: Kernel = defineKernel<Inputs, unknown>(
  RELU_GRADIENT,
  ({ inputs: { dy, y }, backend }) =>
    runProgram(backend, {
      inputs: { dy, y },
      shape: y.shape,
      of: 'pairs',
      text: `
      float stepOf(float z) { return isnan(z) ? z : z > 0.0 ? 1.0 : 0.0; }
      vec2 pair(int row, int column) {
        vec2 two = yPair(row, column);
        return dyPair(row, column) * vec2(stepOf(two.x), stepOf(two.y));
      }`,
    }),
);

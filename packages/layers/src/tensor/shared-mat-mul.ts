import * as tf from '@tensorflow/tfjs-core';
import { addAll } from './add-all.ts';
import { withGradient } from './custom-gradient.ts';
import { matrixOf } from './gather-rows.ts';

/**
 * The same rows times the kernel of every expert, $Y_e = X W_e$, as one plain product per expert: for dense dispatch on
 * the wasm backend, where batched products are scalar loops and copying X for every expert costs more than it saves.
 *
 * x [N, D] and kernels [E, D, U] -> [E, N, U].
 */
export function sharedMatMul(x_ND: tf.Tensor, kernels_EDU: tf.Tensor): tf.Tensor3D {
  const experts = Array.from({ length: kernels_EDU.shape[0] }, (_, e) => e);
  return withGradient([x_ND, kernels_EDU], {
    forward: ([x, kernels]) =>
      tf.tidy(() => tf.stack(experts.map((e) => tf.matMul(x as tf.Tensor2D, matrixOf(kernels!, e))))),
    backward(dy, [x, kernels]) {
      const slopes = experts.map((e) => matrixOf(dy, e));
      const x_DN = tf.transpose(x as tf.Tensor2D);
      return [
        addAll(slopes.map((dy_e, e) => tf.matMul(dy_e, tf.transpose(matrixOf(kernels!, e))))),
        tf.stack(slopes.map((dy_e) => tf.matMul(x_DN, dy_e))),
      ];
    },
  }) as tf.Tensor3D;
}

/**
 * A faster matrix product for training on the wasm backend.
 *
 * That backend multiplies fast only when neither operand is transposed, and the gradient of every dense layer asks for
 * transposed operands: 25 ms for one training step of 784-128-10 with 128 images, 8 ms when they are transposed first
 * (TensorFlow.js 4.22, one core). The numbers are the same up to rounding.
 */
import * as tf from '@tensorflow/tfjs';

const PRODUCT = 'BatchMatMul';

let installed = false;

/** Makes products of transposed matrices fast on the wasm backend, for the rest of the program. */
export function transposeBeforeMultiplying(): void {
  const product = tf.getKernel(PRODUCT, 'wasm');
  const transpose = tf.getKernel('Transpose', 'wasm');
  if (installed || product == null || transpose == null) return;
  installed = true;
  tf.unregisterKernel(PRODUCT, 'wasm');
  tf.registerKernel({
    ...product,
    kernelFunc(args) {
      const { inputs, attrs } = args;
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
      if (!(transposeA || transposeB) || !isMatrix(a) || !isMatrix(b)) return product.kernelFunc(args);
      const backend = args.backend as tf.KernelBackend;
      const made: tf.TensorInfo[] = [];
      const turned = (matrix: tf.TensorInfo): tf.TensorInfo => {
        const batch = matrix.shape.length - 2;
        const perm = [...matrix.shape.keys()].slice(0, batch).concat(batch + 1, batch);
        const result = transpose.kernelFunc({
          inputs: { x: matrix },
          backend,
          attrs: { perm },
        }) as tf.TensorInfo;
        made.push(result);
        return result;
      };
      const result = product.kernelFunc({
        inputs: { a: transposeA ? turned(a) : a, b: transposeB ? turned(b) : b },
        backend,
        attrs: { transposeA: false, transposeB: false },
      });
      for (const { dataId } of made) backend.disposeData(dataId);
      return result;
    },
  });
}

/** Two axes that are longer than nothing, below any number of axes of length 1. */
function isMatrix({ shape, dtype }: tf.TensorInfo): boolean {
  return dtype === 'float32' && shape.length >= 2 && shape.slice(0, -2).every((length) => length === 1);
}

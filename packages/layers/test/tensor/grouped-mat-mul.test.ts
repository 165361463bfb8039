import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupedMatMul } from '../../src/index.ts';
import { hasKernel } from '../../src/tensor/own-kernel.ts';
import { testGroupedMatMul } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  testGroupedMatMul({ describe, test });

  test('has no kernel of its own unless one is registered', () => {
    expect(hasKernel(GROUPED_MAT_MUL)).toBe(false);
  });
});

describe('a backend with kernels of its own', () => {
  interface Call {
    readonly kernel: string;
    readonly inputs: Record<string, number[]>;
    readonly attrs: Record<string, unknown>;
  }
  let calls: Call[] = [];

  // The answers are marked by numbers that no product of these inputs has.
  function fake(kernel: string, shapeOf: (inputs: Record<string, number[]>, attrs: never) => number[]) {
    tf.registerKernel({
      kernelName: kernel,
      backendName: 'cpu',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const shapes = Object.fromEntries(
          Object.entries(inputs).map(([name, input]) => [name, input!.shape]),
        );
        calls.push({ kernel, inputs: shapes, attrs: attrs as never });
        const shape = shapeOf(shapes, attrs as never);
        const values = new Float32Array(tf.util.sizeFromShape(shape)).fill(calls.length + 0.5);
        const dataId = (backend as tf.KernelBackend).write(values, shape, 'float32');
        return { dataId, shape, dtype: 'float32' };
      },
    });
  }

  beforeEach(async () => {
    await tf.setBackend('cpu');
    calls = [];
    fake(GROUPED_MAT_MUL, ({ x, kernels }, { transpose }: { transpose: boolean }) => [
      x![0]!,
      kernels![transpose ? 1 : 2]!,
    ]);
    fake(GROUPED_MAT_MUL_KERNEL_GRADIENT, ({ x, dy }, { offsets }: { offsets: number[] }) => [
      offsets.length - 1,
      x![1]!,
      dy![1]!,
    ]);
  });
  afterEach(() => {
    tf.unregisterKernel(GROUPED_MAT_MUL, 'cpu');
    tf.unregisterKernel(GROUPED_MAT_MUL_KERNEL_GRADIENT, 'cpu');
  });

  const offsets = [0, 3, 3, 5];
  const x = () => tf.ones([5, 4]);
  const kernels = () => tf.ones([3, 4, 2]);

  test('computes the product with the documented inputs and attributes', () => {
    const y = groupedMatMul(x(), kernels(), offsets);
    expect(calls).toEqual([
      {
        kernel: 'MoeGroupedMatMul',
        inputs: { x: [5, 4], kernels: [3, 4, 2] },
        attrs: { offsets, transpose: false, relu: false },
      },
    ]);
    expect(Array.from(y.dataSync())).toEqual(new Array(10).fill(1.5));
  });

  test('computes both gradients', () => {
    const [toX, toKernels] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(groupedMatMul(a, b, offsets)))([
      x(),
      kernels(),
    ]);
    expect(calls.slice(1)).toEqual([
      {
        kernel: 'MoeGroupedMatMul',
        inputs: { x: [5, 2], kernels: [3, 4, 2] },
        attrs: { offsets, transpose: true, relu: false },
      },
      {
        kernel: 'MoeGroupedMatMulKernelGradient',
        inputs: { x: [5, 4], dy: [5, 2] },
        attrs: { offsets },
      },
    ]);
    expect(toX?.shape).toEqual([5, 4]);
    expect(toX?.dataSync()[0]).toBe(2.5);
    expect(toKernels?.shape).toEqual([3, 4, 2]);
    expect(toKernels?.dataSync()[0]).toBe(3.5);
  });

  test('is given the offsets as they are, with the tensor that a device has of them', () => {
    groupedMatMul(x(), kernels(), offsets);
    const [first] = calls as [Call];
    expect(first.attrs.offsets).toBe(offsets);
  });
});

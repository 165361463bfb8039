import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';
import { testGroupedMatMul } from '../../src/testing/index.ts';
import '../backends.ts';

type Attributes = { offsets: number[]; transpose?: boolean; relu?: boolean };
type Kernel = (inputs: Record<string, tf.Tensor>, attributes: Attributes) => tf.Tensor;

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => {
  for (const name of [GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT]) {
    if (tf.getKernel(name, 'cpu') !== undefined) tf.unregisterKernel(name, 'cpu');
  }
});

function register(kernelName: string, kernel: Kernel): void {
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => kernel(inputs as never, attrs as never),
  });
}

/** The product as documented: one expert after the other. */
const product: Kernel = ({ x, kernels, bias }, { offsets, transpose = false, relu = false }) =>
  tf.tidy(() => {
    const parts = groupsOf(offsets).map(([e, start, size]) => {
      const [, rows, columns] = (kernels as tf.Tensor3D).shape;
      const kernel = tf.reshape(tf.slice(kernels as tf.Tensor3D, [e, 0, 0], [1, rows, columns]), [
        rows,
        columns,
      ]);
      const y = tf.matMul(tf.slice(x as tf.Tensor2D, [start, 0], [size, -1]), kernel, false, transpose);
      return bias === undefined ? y : tf.add(y, tf.slice(bias as tf.Tensor2D, [e, 0], [1, -1]));
    });
    const y = tf.concat(parts, 0);
    return relu ? tf.relu(y) : y;
  });

/** Its gradient as documented. */
const kernelGradient: Kernel = ({ x, dy }, { offsets }) =>
  tf.tidy(() =>
    tf.stack(
      groupsOf(offsets).map(([, start, size]) =>
        tf.matMul(
          tf.slice(x as tf.Tensor2D, [start, 0], [size, -1]),
          tf.slice(dy as tf.Tensor2D, [start, 0], [size, -1]),
          true,
        ),
      ),
    ),
  );

const failed = () => failing(testGroupedMatMul);

test('passes what the layer does without a kernel', () => {
  expect(failed()).toEqual([]);
});

test('passes a backend whose kernels are right', () => {
  register(GROUPED_MAT_MUL, product);
  register(GROUPED_MAT_MUL_KERNEL_GRADIENT, kernelGradient);
  expect(failed()).toEqual([]);
});

test('catches a product with the kernel of another expert', () => {
  register(GROUPED_MAT_MUL, (inputs, { offsets, transpose }) => {
    const rows = offsets.at(-1) as number;
    return product(inputs, {
      offsets: offsets.map((_, e) => (e === 0 ? 0 : rows)),
      ...(transpose && { transpose }),
    });
  });
  register(GROUPED_MAT_MUL_KERNEL_GRADIENT, kernelGradient);
  expect(failed()).toContain('uneven groups of odd sizes: offsets 0 1 6 13, 5 x 3: values');
});

test('catches a product without its ReLU', () => {
  register(GROUPED_MAT_MUL, (inputs, attributes) => product(inputs, { ...attributes, relu: false }));
  register(GROUPED_MAT_MUL_KERNEL_GRADIENT, kernelGradient);
  const names = failed();
  expect(names).toContain(
    'uneven groups of odd sizes: offsets 0 1 6 13, 5 x 3: values and gradients with ReLU',
  );
  expect(names.every((name) => name.endsWith('with ReLU'))).toBe(true);
});

test('catches a wrong gradient', () => {
  register(GROUPED_MAT_MUL, product);
  register(GROUPED_MAT_MUL_KERNEL_GRADIENT, (inputs, attributes) =>
    tf.tidy(() => tf.add(kernelGradient(inputs, attributes), 1)),
  );
  const names = failed();
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => name.endsWith(': values'))).toEqual([]);
});

test('catches a kernel that leaves tensors behind', () => {
  register(GROUPED_MAT_MUL, (inputs, attributes) => {
    tf.keep(tf.scalar(1));
    return product(inputs, attributes);
  });
  register(GROUPED_MAT_MUL_KERNEL_GRADIENT, kernelGradient);
  expect(failed()).toContain('leaves one tensor, its result');
});

function groupsOf(offsets: readonly number[]): [expert: number, start: number, size: number][] {
  return offsets.slice(1).map((end, e) => [e, offsets[e]!, end - offsets[e]!]);
}

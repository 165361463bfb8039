import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { expect, test } from 'vitest';
import '../src/index.ts';
import { testProducts } from '../../webgpu/test/products.ts';
import { onWebGl } from './device.ts';

onWebGl();
// Of the quick form, for every size is compiled for; `pnpm --filter @tfjs-moe/webgl products` has 400.
const { VITE_GROUPS: seeds = 6 } = (import.meta as { env?: { VITE_GROUPS?: number } }).env ?? {};
testProducts(Number(seeds));

test('a product is read alike wherever its rows lie, by kernels and by tfjs', async () => {
  const [rows, features, offsets] = [203, 6, [0, 90, 90, 203]];
  const run = (name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor =>
    tf.engine().runKernel(name, inputs, { offsets, ...attributes } as never) as tf.Tensor;
  const drawn = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
  const [x, kernels] = [drawn([rows, features], 1), drawn([3, features, features], 2)];
  const y = run(GROUPED_MAT_MUL, { x, kernels }, {});
  const { texData } = tf.backend() as unknown as { texData: { get(id: object): { texShape: number[] } } };
  const numbers = await y.data();
  const plain = tf.tensor2d(numbers, [rows, features]);
  const seen = (y: tf.Tensor) =>
    tf.tidy(() => [
      run(GROUPED_MAT_MUL, { x: y, kernels }, {}),
      run(GROUPED_MAT_MUL, { x: y, kernels }, { transpose: true }),
      run(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x: y, dy: y }, {}),
      tf.tanh(y),
      tf.add(y, plain),
      tf.slice(y, [3, 1], [70, 4]),
      tf.sum(tf.reshape(y, [rows / 7, 7, features]), 1),
    ]);
  const [own, wanted] = [seen(y), seen(plain)];
  expect(texData.get(y.dataId).texShape).not.toEqual([rows + 1, features]);
  for (const [i, tensor] of own.entries())
    expect(Array.from(await tensor.data()), `${i}`).toEqual(Array.from(await wanted[i]!.data()));
  tf.dispose([x, kernels, y, plain, ...own, ...wanted]);
});

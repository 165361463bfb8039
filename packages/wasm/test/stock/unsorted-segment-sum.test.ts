import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useWasm } from '../backend.ts';
import { useKernels } from '../kernels.ts';

beforeEach(useKernels);

afterEach(useWasm);

test('equals the kernel of the cpu backend, indices that are no segment included', async () => {
  const ids = [2, 0, -1, 2, 7, 1];
  const compute = () =>
    tf.tidy(() => {
      const x = tf.reshape(tf.range(0, 36), [6, 2, 3]);
      return tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 4).arraySync();
    });
  const actual = compute();
  await tf.setBackend('cpu');
  expect(actual).toEqual(compute());
});

test('adds integers too', () => {
  const x = tf.tensor1d([1, 2, 16_777_217, 1], 'int32');
  const y = tf.unsortedSegmentSum(x, tf.tensor1d([0, 0, 1, 1], 'int32'), 2);
  expect([y.dtype, Array.from(y.dataSync())]).toEqual(['int32', [3, 16_777_218]]);
  tf.dispose([x, y]);
});

test('an embedding trains, as on the cpu backend', async () => {
  const train = async () => {
    const model = sequential({
      layers: [
        layers.embedding({ inputDim: 7, outputDim: 5, inputLength: 3, embeddingsInitializer: 'ones' }),
        layers.flatten(),
        layers.dense({ units: 1, kernelInitializer: 'ones' }),
      ],
    });
    model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
    const x = tf.tensor2d([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 2, 2], [4, 3]);
    const { history } = await model.fit(x, tf.tensor2d([1, -1, 2, 0], [4, 1]), {
      epochs: 5,
      shuffle: false,
      verbose: 0,
    });
    return history.loss as number[];
  };
  const here = await train();
  await tf.setBackend('cpu');
  const there = await train();
  here.forEach((loss, i) => {
    expect(Math.abs(loss - there[i]!)).toBeLessThan(1e-4 * there[i]!);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, expect, test } from 'vitest';
import { register, unregister } from '../src/index.ts';
import { useWasm } from './backend.ts';

beforeEach(useWasm);

const glorot = (seed: number) => initializers.glorotUniform({ seed });

const models: Record<string, () => ReturnType<typeof sequential>> = {
  'dense layers': () =>
    sequential({
      layers: [
        layers.dense({ units: 37, activation: 'relu', inputShape: [19], kernelInitializer: glorot(1) }),
        layers.dense({ units: 21, activation: 'tanh', kernelInitializer: glorot(2) }),
        layers.dense({ units: 3, activation: 'softmax', kernelInitializer: glorot(3) }),
      ],
    }),
  'normalised layers': () =>
    sequential({
      layers: [
        layers.dense({ units: 16, activation: 'elu', inputShape: [19], kernelInitializer: glorot(4) }),
        layers.layerNormalization(),
        layers.batchNormalization(),
        layers.dense({ units: 3, activation: 'softmax', kernelInitializer: glorot(5) }),
      ],
    }),
};

test.each(Object.keys(models))('%s reach the same loss with and without the package', async (name) => {
  const train = async () => {
    const model = models[name]!();
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const x = tf.randomNormal([60, 19], 0, 1, 'float32', 7);
    const y = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 60 }, (_, i) => i % 3),
        'int32',
      ),
      3,
    );
    const { history } = await model.fit(x, y, { epochs: 6, batchSize: 20, shuffle: false, verbose: 0 });
    tf.dispose([x, y]);
    return history.loss as number[];
  };
  unregister();
  const without = await train();
  register();
  const withPackage = await train();
  expect(withPackage.at(-1)).toBeLessThan(withPackage[0]!);
  withPackage.forEach((loss, i) => {
    expect(Math.abs(loss - without[i]!)).toBeLessThan(1e-4 * without[i]!);
  });
});

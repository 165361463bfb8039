import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { register } from '@tfjs-moe/wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { adamW, compileSparse, sparseCrossEntropy } from '../src/index.ts';
import { reloaded } from './saved.ts';
import { smallTransformer } from './small-transformer.ts';

let [tokens, labels]: [tf.Tensor, tf.Tensor] = [] as never;

beforeAll(async () => {
  await tf.setBackend('wasm');
  register();
  tokens = tf.tensor2d([1, 2, 3, 4, 5, 6, 1, 2, 3, 0, 0, 0], [2, 6], 'int32');
  labels = tf.tensor3d([2, 3, 4, 5, 6, 1, 2, 3, 4, -1, -1, -1], [2, 6, 1], 'int32');
});

describe('compileSparse', () => {
  test('a transformer with mixtures learns what comes next, padding left out, and nothing is kept', async () => {
    const built = smallTransformer();
    compileSparse(built, { optimizer: adamW({ learningRate: 0.03, clip: 1 }), metrics: ['accuracy'] });
    const [before] = (await built.trainOnBatch(tokens, labels)) as number[];
    const { numTensors } = tf.memory();
    for (let step = 0; step < 15; step++) await built.trainOnBatch(tokens, labels);
    expect(tf.memory().numTensors).toBe(numTensors);
    const [loss, accuracy] = (built.evaluate(tokens, labels) as tf.Scalar[]).map(
      (each) => each.dataSync()[0]!,
    );
    expect(before).toBeGreaterThan(1);
    expect(loss).toBeLessThan(0.5);
    // Three of twelve labels are padding, which no class is.
    expect(accuracy).toBeLessThanOrEqual(9 / 12 + 1e-6);
    expect(accuracy).toBeGreaterThan(0.5);
    expect(loss).toBeCloseTo(
      sparseCrossEntropy(labels, built.predict(tokens) as tf.Tensor).dataSync()[0]!,
      5,
    );
  });

  test('the trained model comes back from a file, and goes on training', async () => {
    const built = smallTransformer();
    compileSparse(built, { optimizer: adamW() });
    await built.trainOnBatch(tokens, labels);
    const loaded = await reloaded(built);
    const [a, b] = [built, loaded].map((each) => (each.predict(tokens) as tf.Tensor).dataSync());
    expect(a).toEqual(b);
    compileSparse(loaded, { optimizer: adamW() });
    expect(await loaded.trainOnBatch(tokens, labels)).toBeGreaterThan(0);
  });

  test('padding changes nothing before it, through norms, attention and mixtures', () => {
    const built = smallTransformer();
    const of = (rows: number[][]) => (built.predict(tf.tensor2d(rows)) as tf.Tensor).dataSync();
    const [short, long] = [of([[1, 2, 3]]), of([[1, 2, 3, 0, 0]])];
    short.forEach((value, i) => {
      expect(long[i]).toBeCloseTo(value, 5);
    });
  });

  test('refuses models with several outputs', () => {
    const inputs = input({ shape: [2] });
    const [one, two] = [1, 2].map((units) => layers.dense({ units }).apply(inputs) as SymbolicTensor);
    const both = model({ inputs, outputs: [one!, two!] });
    expect(() => compileSparse(both, { optimizer: 'adam' })).toThrow(
      'the model must have one output. Received: 2',
    );
    expect(() => compileSparse(both, { optimizer: 'adam', loss: 'x' } as never)).toThrow('loss');
  });
});

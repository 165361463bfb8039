import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
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
    // Three of twelve labels are padding, which is neither right nor wrong.
    const chosen = tf.argMax(built.predict(tokens) as tf.Tensor, -1).dataSync();
    const hits = labels.dataSync().filter((label, i) => label === chosen[i]).length;
    expect(accuracy).toBeCloseTo(hits / 9, 6);
    expect(hits).toBeGreaterThan(6);
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

  test.each(['functional', 'sequential', 'sequential, not yet built'])(
    '%s models learn, with weights of classes',
    async (kind) => {
      const [rows, classes] = [
        tf.tensor2d([
          [1, 2],
          [0, 1],
          [3, 1],
          [1, 1],
        ]),
        tf.tensor2d([0, 1, 2, -1], [4, 1], 'int32'),
      ];
      const classWeight = { 0: 5, 1: 0.5, 2: 2, [-1]: 7 };
      const made = () => {
        const dense = layers.dense({ units: 3, kernelInitializer: 'ones', inputShape: [2] });
        if (kind === 'sequential') return sequential({ layers: [dense] });
        if (kind === 'functional') {
          const inputs = input({ shape: [2] });
          return model({ inputs, outputs: dense.apply(inputs) as SymbolicTensor });
        }
        const later = sequential();
        later.add(dense);
        return later;
      };
      const stepped = async (built: LayersModel, metrics: readonly string[], weights?: object) => {
        compileSparse(built, { optimizer: tf.train.sgd(0.5), metrics });
        const { history } = await built.fit(rows, classes, {
          epochs: 1,
          classWeight: weights,
          verbose: 0,
        } as never);
        return [history, (built.getWeights()[0] as tf.Tensor).dataSync()] as const;
      };
      const [plain, kernel] = await stepped(made(), ['accuracy', 'crossentropy']);
      expect(plain.loss![0]).toBeCloseTo(Math.log(3), 5);
      expect(plain.acc![0]).toBeCloseTo(1 / 3, 5);
      expect(plain.ce![0]).toBeCloseTo(Math.log(3), 5);
      const [weighted, other] = await stepped(made(), ['acc', 'ce'], classWeight);
      expect(weighted.acc![0]).toBeCloseTo(1 / 3, 5);
      expect(weighted.ce![0]).toBeCloseTo(Math.log(3), 5);
      // All logits are equal, so that each of three losses is log 3.
      expect(weighted.loss![0]).toBeCloseTo((Math.log(3) * (5 + 0.5 + 2)) / 3, 5);
      const slope = (weight: readonly number[]) =>
        [
          [1, 2],
          [0, 1],
          [3, 1],
        ].map((row, i) =>
          row.map((x) => [0, 1, 2].map((c) => (weight[i]! * x * (1 / 3 - (c === i ? 1 : 0))) / 3)),
        );
      for (const [weight, found] of [
        [[1, 1, 1], kernel],
        [[5, 0.5, 2], other],
      ] as const) {
        const steps = slope(weight);
        found.forEach((value, at) => {
          const [feature, unit] = [Math.floor(at / 3), at % 3];
          const sum = steps.reduce((all, row) => all + row[feature]![unit]!, 0);
          expect(value).toBeCloseTo(1 - 0.5 * sum, 5);
        });
      }
    },
  );

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

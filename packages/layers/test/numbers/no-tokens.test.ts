import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { layerExperts, type MixtureOfExpertsArgs, mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';

const variants: Readonly<Record<string, Omit<MixtureOfExpertsArgs, 'experts'>>> = {
  'experts in Ops': { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 3 }), units: 2 },
  'a dense gate': { gate: softmax(), expert: ffn({ hiddenUnits: 3 }), units: 2, dispatch: 'dense' },
  'a capacity': { gate: topK({ k: 1 }), expert: 'linear', units: 2, capacity: 2 },
  'layers as experts': {
    gate: topK({ k: 2 }),
    expert: layerExperts(() => layers.dense({ units: 2 })),
  },
  'balance losses': {
    gate: topK({ k: 2 }),
    expert: 'linear',
    units: 2,
    balance: [switchLoss({ weight: 1 })],
  },
  'gate frozen': { gate: topK({ k: 2 }), expert: 'linear', units: 2, trainableGate: false },
};

onEveryBackend(() => {
  test.each(Object.keys(variants))('%s: no tokens have gradients of zero, and leave nothing', (name) => {
    const layer = mixtureOfExperts({ seed: 1, ...(variants[name] as MixtureOfExpertsArgs), experts: 3 });
    layer.build([null, null, 4]);
    const { numTensors } = tf.memory();
    tf.tidy(() => {
      const x = tf.zeros([2, 0, 4]);
      const output = () => layer.apply(x, { training: true }) as tf.Tensor;
      expect(output().shape).toEqual([2, 0, 2]);
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => tf.sum(output()), variables);
      expect(Object.keys(grads)).toHaveLength(variables.length);
      for (const variable of variables) {
        const gradient = grads[variable.name]!;
        expect(gradient.shape).toEqual(variable.shape);
        expect(gradient.dataSync().every((value) => value === 0)).toBe(true);
      }
      expect(tf.grad((input) => tf.sum(layer.apply(input) as tf.Tensor))(x).shape).toEqual([2, 0, 4]);
    });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('a batch of no tokens trains nothing, and training goes on', async () => {
    const inputShape = [null, 4] as never;
    const gate = topK({ k: 2 });
    const layer = mixtureOfExperts({ experts: 3, gate, expert: 'linear', units: 2, seed: 1, inputShape });
    const model = sequential({ layers: [layer] });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const train = (tokens: number) => model.trainOnBatch(tf.ones([2, tokens, 4]), tf.zeros([2, tokens, 2]));
    const first = (await train(3)) as number;
    const { numTensors } = tf.memory();
    const before = layer.getWeights().map((weight) => [...weight.dataSync()]);
    // The mean of nothing, its loss, is whatever the backend finds.
    await train(0);
    expect(layer.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    expect((await train(3)) as number).toBeLessThan(first);
    expect(tf.memory().numTensors).toBe(numTensors + 4);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { type LayerExperts, layerExperts, mixtureOfExperts } from '../src/index.ts';
import { testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

/** Experts of different makes: a dense layer, and a small model. */
const mixed = layerExperts((expert) =>
  expert % 2 === 0
    ? layers.dense({ units: 2, activation: 'tanh' })
    : sequential({
        layers: [layers.dense({ units: 3, inputShape: [5], activation: 'relu' }), layers.dense({ units: 2 })],
      }),
);
const dense = layerExperts(() => layers.dense({ units: 2 }));

function layerOf(expert: LayerExperts, dispatch: 'dense' | 'grouped' | 'capacity') {
  const capacity = dispatch === 'capacity' ? { capacity: 9 } : {};
  return mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert,
    dispatch,
    ...capacity,
    seed: 2,
    name: 'moe',
  });
}

test('refuses what is no factory of layers', () => {
  expect(() => layerExperts(layers.dense({ units: 1 }) as never)).toThrow(/create must be a function/);
  expect(() =>
    layerOf(
      layerExperts(() => 3 as never),
      'dense',
    ),
  ).toThrow('create(0) must return a tf.layers.Layer. Received: 3.');
  const uneven = layerExperts((expert) => layers.dense({ units: 1 + expert }));
  expect(() => layerOf(uneven, 'dense').computeOutputShape([null, 5])).toThrow(
    /the same number of features. Received: \[1,2,3,4\]/,
  );
});

onEveryBackend(() => {
  testLayerLife({ describe, test }, { gate: topK({ k: 2 }), expert: mixed }, 'layers of two makes');

  test('every dispatcher gives the weighted sum of the layers, and the same gradients', () => {
    const x = tf.randomNormal([9, 5], 0, 1, 'float32', 3);
    const results = (['dense', 'grouped', 'capacity'] as const).map((dispatch) => {
      const layer = layerOf(dense, dispatch);
      layer.apply(x);
      layer.setWeights(
        layer.weights.map((weight, i) => tf.randomNormal(weight.shape as number[], 0, 1, 'float32', i + 1)),
      );
      const result = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => tf.sum(tf.square(layer.apply(x) as tf.Tensor)) as tf.Scalar,
          layer.trainableWeights.map((weight) => weight.read() as tf.Variable),
        );
        const slopes = layer.trainableWeights.map((weight) => Array.from(grads[weight.name]!.dataSync()));
        return { value: value.dataSync()[0]!, slopes };
      });
      return { ...(result as { value: number; slopes: number[][] }), layer };
    });
    const [first, ...others] = results as [(typeof results)[0], ...typeof results];
    const { weights_TE } = first.layer.route(x);
    const kernels = first.layer.weights.filter((weight) => weight.originalName.includes('expert_'));
    const expected = tf.tidy(() => {
      const outputs = [0, 1, 2, 3].map((e) => {
        const [kernel, bias] = kernels.slice(2 * e, 2 * e + 2).map((weight) => weight.read());
        return tf.mul(
          tf.add(tf.matMul(x, kernel as tf.Tensor2D), bias!),
          tf.slice(weights_TE, [0, e], [9, 1]),
        );
      });
      return tf.sum(tf.square(tf.addN(outputs))).dataSync()[0]!;
    });
    expect(first.value / expected).toBeCloseTo(1, 5);
    for (const other of others) {
      expect(other.value / first.value).toBeCloseTo(1, 5);
      other.slopes.flat().forEach((slope, i) => {
        expect(Math.abs(slope - first.slopes.flat()[i]!)).toBeLessThan(1e-4 * first.value);
      });
    }
  });

  test('regularisers of the layers reach the loss', async () => {
    const regular = layerExperts(() =>
      layers.dense({ units: 2, kernelRegularizer: regularizers.l2({ l2: 0.1 }) }),
    );
    const layer = layerOf(regular, 'grouped');
    layer.apply(tf.zeros([2, 5]));
    expect(layer.calculateLosses().length).toBe(4);
  });

  test('trainableExperts: false freezes the layers', () => {
    const layer = layerOf(dense, 'grouped');
    layer.apply(tf.zeros([2, 5]));
    layer.trainableExperts = false;
    expect(layer.trainableWeights.every((weight) => weight.originalName.includes('/gate/'))).toBe(true);
    expect(layer.weights.length).toBe(layer.trainableWeights.length + 8);
  });

  test('a model loads where the class of a layer is known, and says so where it is not', async () => {
    const model = sequential({
      layers: [mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: dense, inputShape: [5] })],
    });
    const loaded = await loadLayersModel(await keptModel(model));
    expect(loaded.weights.map((weight) => weight.originalName)).toEqual(
      model.weights.map((weight) => weight.originalName),
    );
    const config = { kind: 'layers', layers: [{ className: 'Nobody', config: {} }] };
    expect(() => mixtureOfExperts({ experts: 1, gate: topK({ k: 1 }), expert: config })).toThrow(
      '[tfjs-moe] layerExperts: unknown layer class; import the module that registers it. Received: "Nobody".',
    );
  });
});

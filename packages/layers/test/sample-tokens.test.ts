import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { expertChoice, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  expertDropout,
  expertInput,
  type LayerExpertsOptions,
  layerExperts,
  type MixtureOfExperts,
  mixtureOfExperts,
  multiGateMixtureOfExperts,
  sharedExperts,
} from '../src/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const EXPERTS = 3;
const [BATCH, HEIGHT, WIDTH, FEATURES] = [5, 4, 3, 2] as const;
const shape: [number, number, number] = [HEIGHT, WIDTH, FEATURES];
const pictures = (seed = 3) => tf.randomNormal<tf.Rank.R4>([BATCH, ...shape], 0, 1, 'float32', seed);

function convolutions(options: LayerExpertsOptions = {}, padding: 'same' | 'valid' = 'same') {
  return layerExperts(
    () => layers.conv2d({ filters: 4, kernelSize: 2, padding, activation: 'tanh', biasInitializer: 'ones' }),
    { tokens: 'samples', ...options },
  );
}

function layer(expert = convolutions(), more: object = {}) {
  const made = mixtureOfExperts({ experts: EXPERTS, gate: topK({ k: 2 }), expert, seed: 4, ...more });
  made.build([null, ...shape]);
  return made;
}

type Seen = (picture: tf.Tensor4D) => tf.Tensor;
const mean: Seen = (x) => tf.mean(tf.reshape(x, [BATCH, HEIGHT * WIDTH, FEATURES]), 1);

/** The same by hand, of tfjs alone: every convolution of every picture, the weights of the layer's own gate left to tfjs. */
function byHand(
  made: MixtureOfExperts,
  x: tf.Tensor4D,
  padding: 'same' | 'valid',
  see: Seen,
  { selected_TE } = made.route(x),
): tf.Tensor {
  const values = Object.fromEntries(made.weights.map((w) => [w.originalName, w.read()]));
  const named = (end: string) => values[Object.keys(values).find((name) => name.endsWith(end))!]!;
  const seen = see(x);
  const logits = tf.add(
    tf.matMul(seen as tf.Tensor2D, tf.transpose(tf.reshape(named('gate/router/kernel'), [EXPERTS, -1]))),
    tf.reshape(named('gate/bias'), [1, EXPERTS]),
  );
  const chosen = tf.mul(tf.softmax(logits), selected_TE);
  const weights = tf.div(chosen, tf.sum(chosen, 1, true));
  const outputs = Array.from({ length: EXPERTS }, (_, e) => {
    const [kernel, bias] = [named(`expert_${e}/kernel`), named(`expert_${e}/bias`)];
    const convolved = tf.tanh(tf.add(tf.conv2d(x, kernel as tf.Tensor4D, 1, padding), bias));
    return tf.mul(convolved, tf.reshape(tf.slice(weights, [0, e], [BATCH, 1]), [BATCH, 1, 1, 1]));
  });
  return tf.addN(outputs);
}

function farthest(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

const dispatches = [
  { dispatch: 'dense' },
  { dispatch: 'grouped' },
  { dispatch: 'capacity', capacity: BATCH },
  { dispatch: 'auto', capacity: BATCH },
] as const;

onEveryBackend((backend) => {
  test('refuses what it cannot do by name', () => {
    const make = () => layers.conv2d({ filters: 1, kernelSize: 1 });
    expect(() => layerExperts(make, { tokens: 'pixels' as never })).toThrow(/tokens must be one of/);
    expect(() => layerExperts(make, { tokens: 'samples', pooling: 'sum' as never })).toThrow(
      /pooling must be/,
    );
    expect(() => layerExperts(make, { pooling: 'mean' })).toThrow(/pooling is for tokens: 'samples'/);
    const first = layerExperts(
      () =>
        sequential({
          layers: [
            layers.conv2d({ filters: 1, kernelSize: 1, dataFormat: 'channelsFirst', inputShape: shape }),
          ],
        }),
      { tokens: 'samples' },
    );
    expect(() => layer(first)).toThrow(/dataFormat 'channelsLast', or pooling: 'none'/);
    const shared = sharedExperts({ expert: linear() });
    expect(() => layer(convolutions(), { shared })).toThrow(/sharedExperts: see rows of features/);
    expect(() => layer(convolutions(), { units: 3 })).toThrow(/units must be what the experts return \(4\)/);
    const uneven = layerExperts((e) => layers.conv2d({ filters: 1, kernelSize: 1 + e }), {
      tokens: 'samples',
    });
    expect(() => layer(uneven)).toThrow(/samples of the same shape/);
    expect(() =>
      multiGateMixtureOfExperts({ tasks: 2, experts: 2, gate: topK({ k: 1 }), expert: convolutions() }),
    ).toThrow(/and not whole samples/);
    const open = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: convolutions() });
    expect(() => open.build([null, null, WIDTH, FEATURES])).toThrow(
      /every axis but the first has a known size/,
    );
    expect(() => layer().apply(tf.zeros([1, HEIGHT, WIDTH + 1, FEATURES]))).toThrow(
      /samples of the shape \[4, 3, 2\]/,
    );
  });

  describe.each(['same', 'valid'] as const)('convolutions with padding %s', (padding) => {
    test.each(dispatches)('are routed by picture: $dispatch $capacity', (options) => {
      const x = pictures();
      const made = layer(convolutions({}, padding), options);
      const y = made.apply(x) as tf.Tensor;
      expect(y.shape).toEqual(made.computeOutputShape([BATCH, ...shape]));
      expect(farthest(y, byHand(made, x, padding, mean))).toBeLessThan(1e-5);
      expect(made.routingMetrics!.tokens).toBe(BATCH);
    });
  });

  test('a gate may see the largest of every feature, or the whole picture', () => {
    const x = pictures();
    const largest = layer(convolutions({ pooling: 'max' }));
    const see: Seen = (each) => tf.max(tf.reshape(each, [BATCH, HEIGHT * WIDTH, FEATURES]), 1);
    expect(farthest(largest.apply(x) as tf.Tensor, byHand(largest, x, 'same', see))).toBeLessThan(1e-5);
    const whole = layer(convolutions({ pooling: 'none' }));
    const all: Seen = (each) => tf.reshape(each, [BATCH, -1]);
    expect(farthest(whole.apply(x) as tf.Tensor, byHand(whole, x, 'same', all))).toBeLessThan(1e-5);
  });

  // tfjs has no gradient of a convolution's kernel on wasm.
  test.skipIf(backend === 'wasm').each(dispatches)('have the gradients of tfjs: $dispatch', (options) => {
    const x = pictures();
    const made = layer(convolutions({}, 'valid'), options);
    const plan = made.route(x);
    const variables = made.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const squares = (of: () => tf.Tensor) => () => tf.sum(tf.square(of())) as tf.Scalar;
    const own = tf.variableGrads(
      squares(() => made.apply(x, { training: true }) as tf.Tensor),
      variables,
    );
    const expected = tf.variableGrads(
      squares(() => byHand(made, x, 'valid', mean, plan)),
      variables,
    );
    expect(variables.length).toBe(2 + 2 * EXPERTS);
    for (const { name } of variables)
      expect(farthest(own.grads[name]!, expected.grads[name]!)).toBeLessThan(1e-4);
    const ofInput = (of: (input: tf.Tensor) => tf.Tensor) =>
      tf.grad((input) => squares(() => of(input))())(x);
    const slopes = ofInput((input) => made.apply(input) as tf.Tensor);
    expect(
      farthest(
        slopes,
        ofInput((input) => byHand(made, input as tf.Tensor4D, 'valid', mean, plan)),
      ),
    ).toBeLessThan(1e-4);
  });

  test('padding counts in no mean and in no largest, and a picture of padding is nobody’s', () => {
    const x = tf.randomNormal<tf.Rank.R3>([3, 4, FEATURES], 0, 1, 'float32', 8);
    const mask = tf.tensor2d([
      [1, 1, 0, 0],
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
    for (const pooling of ['mean', 'max'] as const) {
      const expert = layerExperts(() => layers.conv1d({ filters: 2, kernelSize: 2, padding: 'same' }), {
        tokens: 'samples',
        pooling,
      });
      const made = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert, seed: 1 });
      made.build([null, 4, FEATURES]);
      const { logits_TE } = made.route(x, mask);
      const short = tf.slice(x, [0, 0, 0], [1, 2, FEATURES]);
      const seen = (pooling === 'mean' ? tf.mean(short, 1) : tf.max(short, 1)) as tf.Tensor2D;
      const kernel = tf.reshape(made.weights[0]!.read(), [2, FEATURES]);
      const expected = tf.matMul(seen, kernel, false, true);
      expect(farthest(tf.slice(logits_TE, [0, 0], [1, 2]), expected)).toBeLessThan(1e-5);
      const hostile = tf.where(tf.cast(tf.expandDims(mask, 2), 'bool'), x, Number.NaN);
      const [y, y2] = [x, hostile].map((each) => made.apply(each, { mask }) as tf.Tensor);
      expect(Array.from(y!.dataSync())).toEqual(Array.from(y2!.dataSync()));
      expect(
        tf
          .slice(y!, [2, 0, 0], [1, -1, -1])
          .dataSync()
          .every((each) => each === 0),
      ).toBe(true);
      expect(made.routingMetrics!.tokens).toBe(2);
      expect(made.computeMask(x, mask)).toBeNull();
      expect(made.computeMask(x, tf.ones([3]))!.shape).toEqual([3]);
    }
  });

  test('a loaded model computes and has the same', async () => {
    const more = { inputShape: shape, dropout: expertDropout({ output: 0.5 }) };
    const made = mixtureOfExperts({
      experts: EXPERTS,
      gate: topK({ k: 2 }),
      expert: convolutions({ pooling: 'max' }, 'valid'),
      seed: 4,
      ...more,
    });
    const model = sequential({ layers: [made, layers.flatten(), layers.dense({ units: 1 })] });
    const loaded = await loadLayersModel(await keptModel(model));
    const x = pictures();
    expect(farthest(model.predict(x) as tf.Tensor, loaded.predict(x) as tf.Tensor)).toBe(0);
    expect(loaded.layers[0]!.getConfig()).toEqual(model.layers[0]!.getConfig());
    const { expert } = made.getConfig() as { expert: { pooling?: string } };
    delete expert.pooling;
    expect(() =>
      mixtureOfExperts({ experts: EXPERTS, gate: topK({ k: 2 }), expert: expert as never }),
    ).toThrow(/this saved config is damaged: it lacks pooling/);
  });

  test.skipIf(backend === 'wasm')('learn which pictures are whose', async () => {
    const n = 32;
    const x = tf.tidy(() => {
      const sign = tf.reshape(tf.sub(tf.mul(tf.mod(tf.range(0, n), 2), 2), 1), [n, 1, 1, 1]);
      return tf.add(tf.randomNormal([n, ...shape], 0, 1, 'float32', 5), sign);
    });
    const y = tf.tidy(() => {
      const kernels = [1, -1].map((to) => tf.fill([2, 2, FEATURES, 1], to * 0.5));
      const [up, down] = kernels.map((kernel) =>
        tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid'),
      );
      const isUp = tf.reshape(tf.mod(tf.range(0, n), 2), [n, 1, 1, 1]);
      return tf.add(tf.mul(up!, isUp), tf.mul(down!, tf.sub(1, isUp)));
    });
    const expert = layerExperts(() => layers.conv2d({ filters: 1, kernelSize: 2 }), { tokens: 'samples' });
    const made = mixtureOfExperts({ experts: 2, gate: topK({ k: 2 }), expert, inputShape: shape, seed: 2 });
    const model = sequential({ layers: [made] });
    const optimizer = tf.train.adam(0.05);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const { history } = await model.fit(x, y, { epochs: 60, batchSize: n, verbose: 0 });
    expect(Number(history.loss!.at(-1)) / Number(history.loss![0])).toBeLessThan(0.05);
  });

  test('a gate that looks at the batch, weights at the input and side by side with timeDistributed', () => {
    const x = pictures();
    const chosen = layer(convolutions(), { gate: expertChoice() });
    expect((chosen.apply(x) as tf.Tensor).shape).toEqual([BATCH, HEIGHT, WIDTH, 4]);
    const atInput = layerExperts(
      () => layers.conv2d({ filters: 2, kernelSize: 2, padding: 'same', useBias: false }),
      { tokens: 'samples' },
    );
    const [weighted, plain] = [{ weightAt: expertInput }, {}].map((more) => layer(atInput, more));
    weighted!.setWeights(plain!.getWeights());
    const [inside, outside] = [weighted!, plain!].map((each) => each.apply(x));
    expect(farthest(inside as tf.Tensor, outside as tf.Tensor)).toBeLessThan(1e-5);
    const inner = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: convolutions(), seed: 1 });
    const film = sequential({
      layers: [layers.timeDistributed({ layer: inner, inputShape: [2, ...shape] })],
    });
    const frames = tf.stack([pictures(1), pictures(2)], 1);
    const alone = tf.stack(
      [pictures(1), pictures(2)].map((frame) => inner.apply(frame) as tf.Tensor),
      1,
    );
    expect(farthest(film.predict(frames) as tf.Tensor, alone)).toBeLessThan(1e-6);
  });

  test('no tensor is left over', () => {
    const made = layer();
    const x = pictures();
    const before = tf.memory().numTensors;
    for (const training of [true, false]) tf.dispose(made.apply(x, { training }) as tf.Tensor);
    tf.dispose(made.apply(tf.zeros([0, ...shape])) as tf.Tensor);
    // The zeros.
    expect(tf.memory().numTensors - before).toBe(1);
  });
});

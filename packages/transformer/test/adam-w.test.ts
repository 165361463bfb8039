import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { AdamW, adamW } from '../src/index.ts';
import { onBackends } from './on-backends.ts';
import { reloaded } from './saved.ts';

const settings = {
  learningRate: 0.1,
  beta1: 0.8,
  beta2: 0.9,
  epsilon: 1e-3,
  weightDecay: 0.3,
  clip: undefined as number | undefined,
};

/** Steps down 5 w² + w of one number, in float64. */
function oracle(start: number, steps: number, decays: boolean, options: typeof settings): number {
  const { learningRate: rate, beta1, beta2, epsilon, weightDecay, clip } = options;
  let [w, m, v] = [start, 0, 0];
  for (let step = 1; step <= steps; step++) {
    const slope = 10 * w + 1;
    const gradient = clip === undefined ? slope : slope * Math.min(1, clip / Math.abs(slope));
    if (decays) w *= 1 - rate * weightDecay;
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient ** 2;
    w -= (rate * (m / (1 - beta1 ** step))) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
  }
  return w;
}

function after(steps: number, weight: tf.Variable, optimizer: AdamW): number {
  const loss = () => tf.sum(tf.add(tf.mul(tf.square(weight), 5), weight)) as tf.Scalar;
  for (let step = 0; step < steps; step++) optimizer.minimize(loss, false, [weight]);
  return weight.dataSync()[0]!;
}

onBackends(() => {
  test('steps as plain numbers do, matrices with decay, vectors and biases without', () => {
    const weights: [tf.Variable, boolean][] = [
      [tf.tensor2d([[2]]).variable(), true],
      [tf.tensor1d([2]).variable(), false],
      ...[
        ['expert/bias_1', false],
        ['gate/temperature', false],
        ['gate/level_0/router/temperature_2', false],
        ['gate/router/center', false],
        ['gate/scale', false],
        ['gate/threshold', false],
        ['expert/value', false],
        ['gate/router/value', false],
        ['gate/router/kernel', true],
        ['expert/kernel_value', true],
        ['causal_self_attention_1/value', true],
        ['scaled/kernel', true],
      ].map(([name, decays]): [tf.Variable, boolean] => [
        tf.tensor2d([[2]]).variable(true, `${tf.getBackend()}${tf.memory().numTensors}/${name}`),
        decays as boolean,
      ]),
    ];
    for (const [weight, decays] of weights) {
      const optimizer = adamW(settings);
      expect(after(6, weight, optimizer)).toBeCloseTo(oracle(2, 6, decays, settings), 5);
      optimizer.dispose();
      weight.dispose();
    }
  });

  test('cuts all gradients together to a norm', () => {
    const [a, b] = [tf.variable(tf.tensor1d([3])), tf.variable(tf.tensor1d([4]))];
    const seen: number[][] = [];
    const base = tf.AdamOptimizer.prototype.applyGradients;
    tf.AdamOptimizer.prototype.applyGradients = function watched(this: tf.AdamOptimizer, gradients) {
      seen.push((gradients as { tensor: tf.Tensor }[]).map(({ tensor }) => tensor.dataSync()[0]!));
      return base.call(this, gradients);
    };
    try {
      const loss = () => tf.sum(tf.add(tf.mul(a, 3), tf.mul(b, 4))) as tf.Scalar;
      adamW({ clip: 1 }).minimize(loss, false, [a, b]);
      adamW({ clip: 10 }).minimize(loss, false, [a, b]);
    } finally {
      tf.AdamOptimizer.prototype.applyGradients = base;
    }
    expect(seen[0]![0]).toBeCloseTo(0.6, 6);
    expect(seen[0]![1]).toBeCloseTo(0.8, 6);
    expect(seen[1]).toEqual([3, 4]);
  });

  test('a step keeps nothing but its moments', () => {
    const weight = tf.tensor2d([[2]]).variable();
    const optimizer = adamW({ clip: 1 });
    after(1, weight, optimizer);
    const { numTensors } = tf.memory();
    after(3, weight, optimizer);
    expect(tf.memory().numTensors).toBe(numTensors);
    optimizer.dispose();
    weight.dispose();
  });

  test('a gradient of NaN is not hidden', () => {
    const weight = tf.variable(tf.tensor1d([1]));
    adamW({ clip: 1 }).minimize(() => tf.sum(tf.mul(weight, Number.NaN)) as tf.Scalar, false, [weight]);
    expect(weight.dataSync()[0]).toBeNaN();
  });
});

describe('adamW', () => {
  test('is saved with a model, and goes on as if nothing had happened', async () => {
    const build = () => {
      const made = sequential({
        layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
      });
      made.compile({
        optimizer: adamW({ learningRate: 0.05, weightDecay: 0.2, clip: 0.5 }),
        loss: 'meanSquaredError',
      });
      return made;
    };
    const [x, y] = [
      tf.tensor2d([
        [1, 2],
        [3, -1],
      ]),
      tf.tensor2d([[1], [0]]),
    ];
    const straight = build();
    for (let step = 0; step < 4; step++) await straight.trainOnBatch(x, y);
    const first = build();
    for (let step = 0; step < 2; step++) await first.trainOnBatch(x, y);
    const second = await reloaded(first, true);
    expect(second.optimizer).toBeInstanceOf(AdamW);
    expect(second.optimizer.getConfig()).toMatchObject({ weightDecay: 0.2, clip: 0.5, learningRate: 0.05 });
    for (let step = 0; step < 2; step++) await second.trainOnBatch(x, y);
    // Powers of the betas are multiplied up while training, and computed at once after loading.
    const [a, b] = [straight, second].map((each) => each.getWeights()[0]!.dataSync());
    a!.forEach((value, i) => {
      expect(value).toBeCloseTo(b![i]!, 5);
    });
  });

  test('the step size can follow a schedule', () => {
    const weight = tf.variable(tf.tensor1d([2]));
    const optimizer = adamW({ learningRate: 0.1 });
    optimizer.setLearningRate(0);
    expect(after(2, weight, optimizer)).toBe(2);
    expect(() => optimizer.setLearningRate(-1)).toThrow('learningRate must be a finite number');
  });

  test('refuses what it cannot do', () => {
    expect(() => adamW({ weightDecay: -1 })).toThrow('weightDecay must be a finite number of at least 0');
    expect(() => adamW({ clip: 0 })).toThrow('clip must be a finite number above 0. Received: 0');
    expect(() => adamW({ beta1: 1 })).toThrow('beta1');
    expect(() => adamW({ lr: 1 } as never)).toThrow('lr');
  });
});

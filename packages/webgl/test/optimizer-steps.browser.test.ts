import * as tf from '@tensorflow/tfjs-core';
import { RESHAPE } from '@tfjs-moe/core/kernels';
import { afterEach, expect, test } from 'vitest';
import { adamW } from '../../transformer/src/adam-w.ts';
import { register, unregister } from '../src/index.ts';
import { onWebGl } from './device.ts';

onWebGl();
afterEach(() => {
  register();
});

const shapes = [[3, 5], [7], [], [4, 1, 3], [3, 3, 2], [0, 2]];

/** A tensor under another shape, in the texture where it lies if this package is there. */
const laid = (x: tf.Tensor, shape: number[]): tf.Tensor =>
  tf.getKernel(RESHAPE, 'webgl')
    ? (tf.engine().runKernel(RESHAPE, { x }, { shape }) as tf.Tensor)
    : tf.reshape(x, shape);

/** Variables, means and what is saved after some steps. */
async function trained(optimizer: tf.Optimizer, forward: boolean): Promise<number[][]> {
  tf.env().set('WEBGL_CPU_FORWARD', forward);
  const weights = shapes.map((shape, i) => tf.variable(tf.randomNormal(shape, 0, 1, 'float32', i + 1)));
  // One is a part of a texture, with one number to a texel.
  weights[0]!.assign(tf.slice(tf.randomNormal([6, 5], 0, 1, 'float32', 8), [2, 0], [3, 5]));
  let held: number[] = [];
  for (let step = 0; step < 5; step++) {
    tf.tidy(() => {
      const gradients = weights.map(({ name, shape, size }, i) => {
        const drawn = tf.randomNormal([size], 0, 1, 'float32', 9 * step + i + 1);
        // Nothing for one of them in its first step and in a later one.
        if (i === 1 && step % 2 === 0 && step < 4) return { name, tensor: null! };
        return { name, tensor: laid(tf.mul(drawn, step === 3 ? 0 : 1), shape) };
      });
      if (step === 4) gradients[1]!.tensor = tf.tensor1d([1e15, -1e-18, Number.NaN, 0, 1e-30, 2, 3]);
      optimizer.applyGradients(gradients);
    });
    const now = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    if (step > 1) expect(now).toEqual(held);
    held = now;
  }
  const saved = await optimizer.getWeights();
  const all = [...weights, ...saved.map(({ tensor }) => tensor)];
  const numbers = await Promise.all(all.map((tensor) => tensor.data()));
  tf.dispose(weights);
  optimizer.dispose();
  return numbers.map((values) => Array.from(values));
}

const optimizers: readonly (readonly [name: string, kernel: string, make: () => tf.Optimizer])[] = [
  ['Adam', 'MoeAdam', () => tf.train.adam(0.03, 0.5, 0.9, 1e-3)],
  // Extends tfjs's.
  [
    'AdamW',
    'MoeAdam',
    () => adamW({ learningRate: 0.03, beta1: 0.5, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.3 }),
  ],
  ['gradient descent', 'MoeSgd', () => tf.train.sgd(0.1)],
  ['momentum', 'MoeMomentum', () => tf.train.momentum(0.1, 0.9)],
  ["Nesterov's momentum", 'MoeMomentum', () => tf.train.momentum(0.1, 0.8, true)],
  ['RMSProp', 'MoeRmsProp', () => tf.train.rmsprop(0.01, 0.9, 0.5)],
  ['centered RMSProp', 'MoeRmsProp', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-2, true)],
];

test('a step of an optimiser is that of tfjs, and holds nothing', async () => {
  for (const [i, [name, kernel, make]] of optimizers.entries()) {
    const forward = i % 2 === 1;
    let runs = 0;
    const registered = tf.getKernel(kernel, 'webgl')!;
    const { kernelFunc } = registered;
    registered.kernelFunc = (call) => {
      runs++;
      return kernelFunc(call);
    };
    const own = await trained(make(), forward);
    registered.kernelFunc = kernelFunc;
    expect(runs, name).toBe(shapes.length * 5 - 2);
    unregister();
    const stock = await trained(make(), forward);
    register();
    expect(own.length).toBe(stock.length);
    own.forEach((values, i) => {
      values.forEach((value, j) => {
        const wanted = stock[i]![j]!;
        const where = `${name}: ${i} ${j}: ${value} for ${wanted}`;
        if (Number.isNaN(wanted)) expect(value, where).toBeNaN();
        else
          expect(Math.abs(value - wanted), where).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted)));
      });
    });
  }
});

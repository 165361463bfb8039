import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { register, unregister } from '../../src/index.ts';
import { useWasm } from '../backend.ts';

beforeEach(useWasm);
afterEach(() => {
  register();
});

/** Bits of two variables, of the means and of what is saved after some steps. */
async function trained(isOn: boolean, optimizer: tf.AdamOptimizer): Promise<string> {
  if (isOn) register();
  else unregister();
  const shapes = [[3, 5], [7], [], [0, 2]];
  const weights = shapes.map((shape, i) => tf.variable(tf.randomNormal(shape, 0, 1, 'float32', i + 1)));
  for (let step = 0; step < 5; step++) {
    const gradients = weights.map(({ name, shape }, i) => ({
      name,
      // Nothing for one of them in one step; zeros, and a NaN.
      tensor:
        i === 1 && step === 2
          ? null!
          : tf.randomNormal(shape, 0, step === 3 ? 0 : 1, 'float32', 9 * step + i + 1),
    }));
    if (step === 4) gradients[1]!.tensor = tf.tensor1d([1e30, -1e-30, Number.NaN, 0, 1e-42, 2, 3]);
    optimizer.applyGradients(gradients);
    tf.dispose(gradients.map(({ tensor }) => tensor));
  }
  const saved = await optimizer.getWeights();
  const lists = [...weights, ...saved.map(({ tensor }) => tensor)].map((tensor) =>
    Array.from(tensor.dataSync()),
  );
  // An own gradient that is no number, through the loop that users write.
  optimizer.minimize(() => tf.sum(tf.square(weights[0]!)) as tf.Scalar, false, [weights[0] as tf.Variable]);
  lists.push(Array.from(weights[0]!.dataSync()));
  tf.dispose(weights);
  optimizer.dispose();
  return JSON.stringify(lists.map((list) => list.map((x) => (Number.isNaN(x) ? 'NaN' : x))));
}

test('a step of Adam is that of tfjs to the bit', async () => {
  for (const make of [() => tf.train.adam(), () => tf.train.adam(0.03, 0.5, 0.9, 1e-3)]) {
    const [own, stock] = [await trained(true, make()), await trained(false, make())];
    expect(own).toBe(stock);
  }
});

test('a step takes one kernel for each variable, holds nothing, and tfjs has its own back', async () => {
  register();
  const stock = tf.AdamOptimizer.prototype.applyGradients;
  const weights = [tf.variable(tf.ones([4, 4])), tf.variable(tf.ones([4]))];
  const optimizer = tf.train.adam();
  const loss = () => tf.add(tf.sum(tf.square(weights[0]!)), tf.sum(weights[1]!)) as tf.Scalar;
  optimizer.minimize(loss);
  const { numTensors } = tf.memory();
  const kernels = async () =>
    (
      await tf.profile(() => {
        optimizer.minimize(loss);
      })
    ).kernels.map(({ name }) => name);
  expect((await kernels()).filter((name) => name === 'MoeAdam')).toHaveLength(2);
  expect(tf.memory().numTensors).toBe(numTensors);
  unregister();
  expect(tf.AdamOptimizer.prototype.applyGradients).not.toBe(stock);
  expect(await kernels()).not.toContain('MoeAdam');
  tf.dispose(weights);
  optimizer.dispose();
});

test('a gradient that broadcasts does so as in tfjs, and a variable that nobody knows is refused there', () => {
  const steps = [true, false].map((isOn) => {
    if (isOn) register();
    else unregister();
    const weight = tf.variable(tf.ones([5]));
    const optimizer = tf.train.adam();
    optimizer.applyGradients([{ name: weight.name, tensor: tf.scalar(2) }]);
    expect(() => optimizer.applyGradients([{ name: 'nobody', tensor: tf.scalar(2) }])).toThrow();
    const numbers = Array.from(weight.dataSync());
    weight.dispose();
    optimizer.dispose();
    return numbers;
  });
  expect(steps[0]).toEqual(steps[1]);
});

test('on other backends, and where somebody else has replaced it, Adam is left alone', async () => {
  register();
  const own = tf.AdamOptimizer.prototype.applyGradients;
  let calls = 0;
  tf.AdamOptimizer.prototype.applyGradients = function (...given) {
    calls++;
    own.apply(this, given);
  };
  unregister();
  const weight = tf.variable(tf.ones([2]));
  const optimizer = tf.train.adam();
  optimizer.minimize(() => tf.sum(weight) as tf.Scalar);
  expect(calls).toBe(1);
  expect(weight.dataSync()[0]).toBeCloseTo(1 - 1e-3, 6);
  tf.AdamOptimizer.prototype.applyGradients = own;
  unregister();
  tf.dispose(weight);
  optimizer.dispose();
});

import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { type BalanceLoss, shortWay } from '@tfjs-moe/core';
import { ffn, gatedFfn } from '@tfjs-moe/experts';
import { lossFree, noisyTopK, sigmoid, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { register, threadsReady, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  defineBalanceLoss,
  expertDropout,
  importanceLoss,
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  switchLoss,
  zLoss,
} from '../src/index.ts';
import { compareTraining, countServed, differenceOf, drawnCase } from './short-way/compare.ts';
import { everyOperation } from './short-way/losses.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => {
  register();
});

const sizes = { experts: 4, units: 3, seed: 1, expert: ffn({ hiddenUnits: 8 }), gate: topK({ k: 2 }) };

/** A layer and a step of its training: the gradients to its weights. */
function layerOf(args: Partial<MixtureOfExpertsArgs> = {}): {
  layer: MixtureOfExperts;
  step: () => Float32Array[];
} {
  const layer = mixtureOfExperts({ ...sizes, ...args } as MixtureOfExpertsArgs);
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const step = () => {
    const { value, grads } = tf.variableGrads(() => {
      const y = tf.sum(layer.apply(x, { training: true }) as tf.Tensor);
      return tf.addN([y, ...layer.calculateLosses()]) as tf.Scalar;
    });
    const read = [value, ...Object.values(grads)].map((tensor) => tensor.dataSync().slice() as Float32Array);
    tf.dispose([value, grads]);
    return read;
  };
  return { layer, step };
}

function served(args: Partial<MixtureOfExpertsArgs>): number {
  const { step } = layerOf(args);
  const count = countServed();
  step();
  return count();
}

test('outputs and gradients of the short way are those of the composed one, whatever the sizes, the gate and the experts', () => {
  // The last have only padding, and infinities that come back through what is 0.
  const seeds = [...Array.from({ length: 47 }, (_, i) => i), 169, 214, 279];
  const outcomes = seeds.map((seed) => ({ seed, ...compareTraining(drawnCase(seed)) }));
  expect(outcomes.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
  const count = outcomes.filter((outcome) => outcome.served).length;
  expect(count).toBeGreaterThan(10);
  expect(count).toBeLessThan(seeds.length);
});

test('layers that compute something else in training than in evaluation are composed', () => {
  expect(served({})).toBe(1);
  expect(served({ gate: topK({ k: 2, weighting: sigmoid(), selectionBias: true }) })).toBe(1);
  expect(served({ gate: switchGate({ jitter: 0 }) })).toBe(1);
  expect(served({ gate: switchGate({ jitter: 0.1 }) })).toBe(0);
  expect(served({ gate: noisyTopK({ k: 2 }) })).toBe(0);
  expect(served({ gate: lossFree() })).toBe(1);
  expect(served({ gate: topK({ k: 2, weighting: temperature() }) })).toBe(0);
  expect(served({ dropout: expertDropout({ hidden: 0.5 }) })).toBe(0);
  expect(served({ capacity: 3 })).toBe(0);
});

test('balance losses are served by what they compute, and not by their kind', () => {
  const balances = (...balance: BalanceLoss[]) => served({ balance });
  expect(balances(switchLoss(), zLoss(), importanceLoss(), everyOperation(false))).toBe(1);
  // What they look at lies in other batches, in other layers, or in what a gate does besides selecting.
  expect(balances(switchLoss({ over: 'step' }))).toBe(0);
  expect(balances(switchLoss({ over: 'layers' }))).toBe(0);
  const own = defineBalanceLoss('hardestTokenForShortWay', () => ({
    config: {},
    weight: 1,
    value: (ops, { logits }) => ops.meanTokens(ops.sumExperts(ops.mul(ops.softmaxTokens(logits), logits))),
  }));
  expect(balances(zLoss(), own())).toBe(0);
});

test('a loss that a rounding decides, and one of too large numbers, is composed', () => {
  const factors = { close: 1e-9, large: 1e17 };
  for (const [name, factor] of Object.entries(factors)) {
    const multiplied = defineBalanceLoss(`${name}ForShortWay`, () => ({
      config: {},
      weight: 1,
      value(ops, { logits }) {
        const z = ops.mul(logits, ops.constant(factor));
        const above = name === 'close' ? ops.greater(z, ops.constant(0)) : ops.constant(1);
        return ops.meanTokens(ops.sumExperts(ops.mul(above, ops.mul(z, z))));
      },
    }));
    const { step } = layerOf({ balance: [multiplied()] });
    const count = countServed();
    const found = step();
    expect(count()).toBe(0);
    expect(found.flatMap((list) => Array.from(list)).some(Number.isNaN)).toBe(false);
  }
});

test('a step of a layer takes at most thirty kernels of tfjs, the loss among them', async () => {
  const { layer } = layerOf({ balance: [switchLoss(), zLoss()] });
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
  const learned = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const kernelsOf = async (f: (x: tf.Tensor) => tf.Tensor) => {
    const { kernels } = await tf.profile(() => {
      const loss = () => tf.addN([tf.sum(f(x)), ...layer.calculateLosses()]) as tf.Scalar;
      const { value, grads } = tf.variableGrads(loss, learned);
      tf.dispose([value, grads]);
      return value;
    });
    return kernels.length;
  };
  const whole = await kernelsOf((a) => layer.apply(a, { training: true }) as tf.Tensor);
  expect(whole).toBeLessThanOrEqual(30);
  shortWay.take = undefined;
  expect(await kernelsOf((a) => layer.apply(a, { training: true }) as tf.Tensor)).toBeGreaterThan(100);
  register();
});

test('several threads come to the same bits', async () => {
  const layer = mixtureOfExperts({
    ...{ experts: 4, units: 64, seed: 1, gate: topK({ k: 2 }), balance: [switchLoss({ weight: 1 })] },
    expert: gatedFfn({ hiddenUnits: 128, activation: 'gelu' }),
  });
  const x = tf.randomNormal([600, 64], 0, 1, 'float32', 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const bits: Buffer[] = [];
  for (const threads of [1, 2]) {
    register({ threads });
    await threadsReady();
    const count = countServed();
    const { value, grads } = tf.variableGrads(() => {
      const y = tf.sum(layer.apply(x, { training: true }) as tf.Tensor);
      return tf.addN([y, ...layer.calculateLosses()]) as tf.Scalar;
    });
    bits.push(Buffer.concat(Object.values(grads).map((one) => Buffer.from(one.dataSync().slice().buffer))));
    tf.dispose([value, grads]);
    expect(count()).toBe(1);
  }
  expect(bits[0]!.equals(bits[1]!)).toBe(true);
  unregister();
  register();
});

test('hundreds of steps hold no more than one, served or refused', () => {
  for (const broken of [false, true]) {
    const { layer, step } = layerOf({ balance: [switchLoss()] });
    if (broken) layer.setWeights(layer.weights.map((w) => tf.fill(w.shape as number[], Number.NaN)));
    step();
    const bytes = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const [tensors, heap] = [tf.memory().numTensors, bytes()];
    for (let i = 0; i < 100; i++) step();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bytes()).toBe(heap);
  }
});

test('a frozen gate, frozen experts and a model in two calls learn as they do composed', () => {
  const balance = [switchLoss({ weight: 1 })];
  for (const args of [{ trainableGate: false, balance }, { trainableExperts: false, balance }, {}]) {
    const { layer, step } = layerOf(args);
    const twice = () => [...step(), ...step()].map((list) => Array.from(list));
    const found = twice();
    const { take } = shortWay;
    shortWay.take = undefined;
    const expected = twice();
    shortWay.take = take;
    expect(found.length).toBe(expected.length);
    expect(differenceOf(found.flat(), expected.flat()).wrong).toBeUndefined();
    layer.dispose();
  }
});

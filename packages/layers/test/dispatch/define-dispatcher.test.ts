import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import {
  capacityDispatch,
  type Dispatch,
  type Dispatcher,
  defineDispatcher,
  denseDispatch,
  groupedDispatch,
  mixtureOfExperts,
} from '@tfjs-moe/layers';
import { describe, expect, test } from 'vitest';
import { keptModel } from '../../src/testing/layer-assertions.ts';

let calls = 0;
const counted = defineDispatcher({
  name: 'counted',
  dispatch(x_TD, plan) {
    calls++;
    return groupedDispatch.dispatch(x_TD, plan);
  },
});

const layer = (dispatch: Dispatch, more: { capacity?: number } = {}) =>
  mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 5 }),
    units: 2,
    seed: 3,
    name: 'moe',
    inputShape: [3],
    dispatch,
    ...more,
  });
const x = tf.randomNormal([12, 3], 0, 1, 'float32', 5);
const outputOf = (dispatch: Dispatch, more = {}) => [
  ...(layer(dispatch, more).apply(x) as tf.Tensor).dataSync(),
];

describe("a dispatcher of one's own", () => {
  test('is used, and computes what the built-in ones compute', () => {
    calls = 0;
    expect(outputOf(counted)).toEqual(outputOf('grouped'));
    expect(calls).toBe(1);
  });

  test('sees a plan without the pairs that find no room', () => {
    const [own, auto] = [outputOf(counted, { capacity: 3 }), outputOf('capacity', { capacity: 3 })];
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(auto[i]!, 5);
    });
    expect(own).not.toEqual(outputOf(counted));
  });

  test('is saved by its name and found again', async () => {
    const model = sequential({ layers: [layer(counted)] });
    expect(model.layers[0]?.getConfig().dispatch).toBe('counted');
    const loaded = await loadLayersModel(await keptModel(model));
    calls = 0;
    const [a, b] = [model, loaded].map((each) => [...(each.predict(x) as tf.Tensor).dataSync()]);
    expect(a).toEqual(b);
    expect(calls).toBe(2);
  });

  test('need not be defined before it is given', () => {
    const plain: Dispatcher = { name: 'plain', dispatch: denseDispatch.dispatch };
    expect(layer(plain).getConfig().dispatch).toBe('plain');
    expect(layer('plain' as Dispatch).getConfig().dispatch).toBe('plain');
  });
});

test('built-in dispatchers may be given as objects', () => {
  expect(layer(denseDispatch).getConfig().dispatch).toBe('dense');
  expect(layer(groupedDispatch).getConfig().dispatch).toBe('grouped');
});

test.each<[string, unknown, RegExp]>([
  [
    'a name that nobody defined',
    'ring',
    /one of 'auto', 'dense'.*defineDispatcher is imported. Received: "ring"/,
  ],
  ['a name of an object', 'toString', /one of 'auto'/],
  ['an object without a function', { name: 'mine' }, /a name or \{ name, dispatch/],
  ['null', 4, /a name or \{ name/],
  ['a name that cannot be saved', { name: 'my own', dispatch: () => {} }, /lower camel case/],
  [
    'capacity as an object, whose capacity would be lost',
    capacityDispatch(() => 3),
    /none of the built-in ones/,
  ],
])('refuses %s', (_, dispatch, message) => {
  expect(() => layer(dispatch as Dispatch)).toThrow(message);
});

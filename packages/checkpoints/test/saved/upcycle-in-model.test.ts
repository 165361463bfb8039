import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  loadLayersModel,
  model as modelOf,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { upcycleInModel } from '@tfjs-moe/checkpoints';
import { beforeAll, describe, expect, test } from 'vitest';
import { largest } from '../surgery/built.ts';
import { bytesByName, predicted, savedOf } from './saved.ts';

beforeAll(() => tf.setBackend('cpu'));

const x = () => tf.randomNormal([16, 6], 0, 1, 'float32', 7);
type Activation = 'relu' | 'swish' | 'softmax';
const dense = (name: string, units: number, activation?: Activation, more = {}) =>
  layers.dense({ name, units, biasInitializer: 'randomNormal', ...(activation && { activation }), ...more });

const classifier = () =>
  sequential({
    layers: [
      dense('first', 8, 'swish', { inputShape: [6] }),
      dense('second', 4, 'swish'),
      dense('classes', 3, 'softmax'),
    ],
  });

describe('upcycleInModel', () => {
  test.each(['copies', 'virtualGroups'] as const)(
    'a classifier of three layers by %s says what it said',
    async (method) => {
      const model = classifier();
      const {
        artifacts,
        layer,
        receipt,
        model: whole,
      } = await upcycleInModel(await savedOf(model), {
        inputs: x(),
        experts: 4,
        method,
      });
      expect(layer).toBe('classes_mixture');
      expect(Math.max(receipt.largestChange, whole.largestChange)).toBeLessThan(2e-6);
      const again = await loadLayersModel(tf.io.fromMemory(artifacts));
      expect(again.layers.map(({ name }) => name)).toEqual(['classes_mixture', 'classes']);
      expect(largest(predicted(again, x()), predicted(model, x()))).toBeLessThan(1e-6);
      again.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
      const labels = tf.oneHot(tf.mod(tf.range(0, 16, 1, 'int32'), tf.scalar(3, 'int32')), 3);
      const { history } = await again.fit(x(), labels, { epochs: 5, verbose: 0 });
      expect(history.loss!.at(-1)).toBeLessThan(history.loss![0] as number);
    },
  );

  test('some layers of a graph are replaced where they are named, and the rest stays bit for bit', async () => {
    const given = input({ shape: [6] });
    const trunk = dense('trunk', 6).apply(given) as SymbolicTensor;
    const left = dense('left_out', 6).apply(dense('left_in', 5, 'relu').apply(trunk)) as SymbolicTensor;
    const right = dense('right', 6).apply(trunk) as SymbolicTensor;
    const sum = layers.add().apply([left, right]) as SymbolicTensor;
    const model = modelOf({ inputs: given, outputs: dense('end', 2).apply(sum) as SymbolicTensor });
    const old = await savedOf(model);
    const inputs = x();
    await expect(upcycleInModel(old, { inputs, experts: 4 })).rejects.toThrow(
      /layers must name one of several dense networks: (?=.*left_in, left_out)(?=.*trunk)(?=.*right)(?=.*end)/,
    );
    await expect(upcycleInModel(old, { inputs, experts: 4, layers: ['left_in', 'right'] })).rejects.toThrow(
      /must be Dense layers that follow each other/,
    );
    const done = await upcycleInModel(old, { inputs, experts: 4, layers: ['left_in', 'left_out'] });
    expect(done.layer).toBe('left_out');
    expect(done.model.largestChange).toBeLessThan(5e-6);
    const [was, is] = [bytesByName(old), bytesByName(done.artifacts)];
    for (const name of ['trunk', 'right', 'end'].flatMap((each) => [`${each}/kernel`, `${each}/bias`]))
      expect(is.get(name)).toBe(was.get(name));
    // One layer alone becomes affine experts.
    const one = await upcycleInModel(old, { inputs, experts: 4, layers: ['right'] });
    expect(one.model.largestChange).toBeLessThan(5e-6);
    expect(one.artifacts.weightSpecs!.map(({ name }) => name)).toContain('right/expert/kernel');
  });

  test('a layer that is called several times becomes one mixture, called as often', async () => {
    const shared = dense('shared', 6, 'relu');
    const other = dense('other', 6);
    const given = input({ shape: [6] });
    // The second call of each takes what the first of the other gives.
    const once = other.apply(shared.apply(given)) as SymbolicTensor;
    const twice = other.apply(shared.apply(once)) as SymbolicTensor;
    const model = modelOf({ inputs: given, outputs: [twice, shared.apply(twice) as SymbolicTensor] });
    const done = await upcycleInModel(await savedOf(model), { inputs: x(), experts: 4, layers: ['shared'] });
    expect(done.layer).toBe('shared_mixture');
    expect(done.receipt.tokens).toBe(3 * 16);
    expect(done.model.largestChange).toBeLessThan(5e-6 * Math.max(1, done.model.largestOutput));
    const again = await loadLayersModel(tf.io.fromMemory(done.artifacts));
    expect(again.getLayer('shared_mixture').inboundNodes).toHaveLength(3);
  });

  test('what tfjs itself cannot load is named', async () => {
    const twice = dense('twice', 6, undefined, { inputShape: [6] });
    const old = await savedOf(sequential({ layers: [twice, twice] }));
    await expect(upcycleInModel(old, { inputs: x(), experts: 4 })).rejects.toThrow(
      /tfjs must be able to load the saved model \(Duplicate weight name: twice/,
    );
  });

  test('layers that make no experts are refused with their activations', async () => {
    const model = sequential({
      layers: [dense('a', 4, 'relu', { inputShape: [6] }), dense('b', 4, 'swish'), dense('c', 2)],
    });
    const old = await savedOf(model);
    await expect(upcycleInModel(old, { inputs: x(), experts: 4 })).rejects.toThrow(
      /layers must have the same\. Received: {"a":"relu","b":"swish","c":"linear"}/,
    );
    const done = await upcycleInModel(old, { inputs: x(), experts: 4, layers: ['b', 'c'] });
    expect(done.model.largestChange).toBeLessThan(2e-6);
  });

  test('leaves no tensors behind', async () => {
    const old = await savedOf(classifier());
    const inputs = x();
    await upcycleInModel(old, { inputs, experts: 4 });
    const before = tf.memory().numTensors;
    await upcycleInModel(old, { inputs, experts: 4 });
    await expect(upcycleInModel(old, { inputs, experts: 4, k: 1 })).rejects.toThrow(/k = 1/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

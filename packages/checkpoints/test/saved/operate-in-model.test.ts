import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model as modelOf,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { mergeExperts, operateInModel, pruneExperts } from '@tfjs-moe/checkpoints';
import { ffn, mixtureOfExperts, topK } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { largest } from '../surgery/built.ts';
import { bytesByName, predicted, savedOf } from './saved.ts';

beforeAll(() => tf.setBackend('cpu'));

const moe = (name: string) =>
  mixtureOfExperts({
    experts: 5,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 4 }),
    units: 3,
    name,
    seed: 2,
  });
const x = () => tf.randomNormal([20, 6], 0, 1, 'float32', 7);
const dense = (name: string, units = 3) => layers.dense({ units, activation: 'tanh', name });

/** Two branches with a mixture each, the second one in a model inside the model. */
function nested(): LayersModel {
  const inner = sequential({
    name: 'inner',
    layers: [layers.dense({ units: 3, inputShape: [3] }), moe('deep')],
  });
  const given = input({ shape: [6] });
  const first = moe('shallow').apply(dense('start').apply(given)) as SymbolicTensor;
  const sum = layers.add().apply([first, inner.apply(first) as SymbolicTensor]) as SymbolicTensor;
  return modelOf({ inputs: given, outputs: layers.dense({ units: 2 }).apply(sum) as SymbolicTensor });
}

const prune = (to: number) => (layer: Parameters<typeof pruneExperts>[0], tokens: tf.Tensor) =>
  pruneExperts(layer, tokens, { to });

describe('operateInModel', () => {
  test('prunes one mixture of a model; all else stays bit for bit, and what it sees is what is judged', async () => {
    const model = nested();
    const old = await savedOf(model);
    const before = JSON.stringify(old.modelTopology);
    for (const layer of ['shallow', 'deep']) {
      const done = await operateInModel(old, { layer, inputs: x(), operate: prune(3) });
      expect(done.layer).toBe(layer);
      expect(done.result.kept).toHaveLength(3);
      expect(done.receipt.tokens).toBe(20);
      expect(JSON.stringify(old.modelTopology)).toBe(before);
      const [was, is] = [bytesByName(old), bytesByName(done.artifacts)];
      expect([...is.keys()]).toEqual([...was.keys()]);
      for (const [name, bytes] of was)
        expect(is.get(name) === bytes, name).toBe(!name.startsWith(`${layer}/`));
      const again = await loadLayersModel(tf.io.fromMemory(done.artifacts));
      const change = largest(predicted(again, x()), predicted(model, x()));
      expect(done.model.largestChange).toBeCloseTo(change, 5);
      expect(change).toBeGreaterThan(0);
      again.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      const { history } = await again.fit(x(), tf.zeros([20, 2]), { epochs: 4, verbose: 0 });
      expect(history.loss!.at(-1)).toBeLessThan(history.loss![0] as number);
    }
  });

  test('an operation that changes nothing leaves the model that it was, with its optimiser named and its state dropped', async () => {
    const model = sequential({ layers: [layers.dense({ units: 6, inputShape: [6] }), moe('moe')] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await model.fit(x(), tf.zeros([20, 3]), { epochs: 2, verbose: 0 });
    const old = await savedOf(model, true);
    const {
      artifacts,
      receipt,
      model: whole,
    } = await operateInModel(old, {
      inputs: x(),
      operate: (layer, tokens) => mergeExperts(layer, tokens, { to: 5 }),
    });
    expect([receipt.largestChange, whole.largestChange]).toEqual([0, 0]);
    expect(receipt.optimiserState).toBe('dropped');
    expect(artifacts.trainingConfig).toEqual(old.trainingConfig);
    const ofModel = old.weightSpecs!.filter(({ group }) => group !== 'optimizer');
    expect(artifacts.weightSpecs!.map(({ name }) => name)).toEqual(ofModel.map(({ name }) => name));
    expect(ofModel.length).toBeLessThan(old.weightSpecs!.length);
    const again = await loadLayersModel(tf.io.fromMemory(artifacts));
    expect(predicted(again, x())).toEqual(predicted(model, x()));
    await again.fit(x(), tf.zeros([20, 3]), { epochs: 1, verbose: 0 });
  });

  test('a mixture that is called several times is judged by all that it sees', async () => {
    const [a, b, shared] = [input({ shape: [6] }), input({ shape: [6] }), moe('shared')];
    const outputs = layers.add().apply([a, b].map((each) => shared.apply(each) as SymbolicTensor));
    const model = modelOf({ inputs: [a, b], outputs: outputs as SymbolicTensor });
    const old = await savedOf(model);
    const tokens: number[] = [];
    await operateInModel(old, {
      inputs: [tf.ones([4, 6]), tf.zeros([4, 6])],
      operate(layer, seen) {
        tokens.push(...seen.dataSync());
        return pruneExperts(layer, seen, { to: 4 });
      },
    });
    expect(tokens).toEqual([...Array(24).fill(1), ...Array(24).fill(0)]);
  });

  test('leaves no tensors behind, also where the operation fails', async () => {
    const old = await savedOf(nested());
    const at = x();
    await operateInModel(old, { layer: 'deep', inputs: at, operate: prune(3) });
    const before = tf.memory().numTensors;
    await operateInModel(old, { layer: 'deep', inputs: at, operate: prune(3) });
    await expect(operateInModel(old, { layer: 'deep', inputs: at, operate: prune(9) })).rejects.toThrow(
      /to must be/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses by name what is not clear', async () => {
    const old = await savedOf(nested());
    const operate = prune(3);
    await expect(operateInModel(old, { inputs: x(), operate })).rejects.toThrow(
      /layer must be the name of one mixture of the model: shallow, deep/,
    );
    await expect(operateInModel(old, { layer: 'start', inputs: x(), operate })).rejects.toThrow(
      /shallow, deep/,
    );
    await expect(operateInModel(old, { layer: 'deep', inputs: tf.zeros([2, 5]), operate })).rejects.toThrow(
      /inputs must be of the model's shapes, \[\[null,6\]\]/,
    );
    const cut = { ...old, weightData: (old.weightData as ArrayBuffer).slice(4) };
    await expect(operateInModel(cut, { layer: 'deep', inputs: x(), operate })).rejects.toThrow(
      /must have \d+ bytes/,
    );
    await expect(operateInModel({}, { inputs: x(), operate })).rejects.toThrow(/tf\.LayersModel\.save/);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  layers,
  loadLayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { arrayInput, arrayOps, type Expert, type Gate, replicate } from '@tfjs-moe/core';
import { drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { constant, ffn } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type CustomizedGateControl,
  customizedGateControl,
  layerExperts,
  switchLoss,
} from '../../src/index.ts';
import { centralDifferences, float64Layer, type LayerData } from '../../src/testing/index.ts';
import { keptModel } from '../../src/testing/layer-assertions.ts';
import { onEveryBackend } from '../backends.ts';
import { near } from './oracle.ts';

const expert = ffn({ hiddenUnits: 2, activation: 'tanh' });
const counts = { own: 2, shared: 1 };
const make = (more: object = {}) =>
  customizedGateControl({
    tasks: ['a', 'b'],
    experts: counts,
    gate: softmax(),
    expert,
    units: 2,
    seed: 1,
    ...more,
  });
const nameOf = (original: string) => original.slice(original.search(/(gate|expert)\//));

/** Every gate over the outputs of the experts that it sees, in float64, from the layer's own numbers. */
function oracle(layer: CustomizedGateControl, gates: readonly Gate[], inputDim: number) {
  const data: LayerData = {};
  for (const weight of layer.weights)
    data[nameOf(weight.originalName)] = Float64Array.from(weight.read().dataSync());
  const banks = ['a', 'b', 'shared'];
  const under = (path: string) =>
    Object.fromEntries(
      Object.entries(data).flatMap(([name, values]) =>
        name.startsWith(path) ? [[name.slice(path.length), values]] : [],
      ),
    );
  const output = (inputs: readonly number[][][], gate: number): number[] => {
    const seen = gate < 2 ? [gate, 2] : [0, 1, 2];
    const rows = inputs[gate] ?? inputs[0]!;
    const experts = seen.reduce((sum, b) => sum + (b === 2 ? counts.shared : counts.own), 0);
    const plain = float64Layer(gates[gate]!, expert as Expert, { experts, inputDim, units: 2 });
    const own = Object.fromEntries(
      Object.entries(under(`gate/${banks[gate]}/`)).map(([name, values]) => [`gate/${name}`, values]),
    );
    const { weights } = plain.routed(rows, own);
    const outputs = seen.flatMap((b) => {
      const copies = b === 2 ? counts.shared : counts.own;
      const specs = replicate(expert.params(inputDim, 2), copies);
      const values = valuesOf(specs as never, under(`expert/${banks[b]}/`));
      const all = expert.apply(arrayOps, arrayInput(inputs[b] ?? inputs[0]!), values as never);
      return Array.from(
        { length: copies },
        (_, e) => (t: number, u: number) => all.data[(t * copies + e) * 2 + u]!,
      );
    });
    return rows.flatMap((_, t) =>
      [0, 1].map((u) => outputs.reduce((sum, h, e) => sum + weights[t * experts + e]! * h(t, u), 0)),
    );
  };
  return { data, output };
}

onEveryBackend(() => {
  for (const dispatch of ['dense', 'grouped'] as const) {
    test(`${dispatch}: values and gradients are those of each gate over what it sees`, () => {
      const gates = [softmax(), topK({ k: 2 }), topK({ k: 3 })];
      for (const several of [false, true]) {
        const layer = make({ gate: gates, sharedGate: true, dispatch });
        const inputs = (several ? [1, 2, 3] : [1]).map((seed) =>
          drawnRows(5, 3, seed).map((row) => row.map(Math.fround)),
        );
        layer.build(
          several
            ? [
                [null, 3],
                [null, 3],
                [null, 3],
              ]
            : [null, 3],
        );
        const { data, output } = oracle(layer, gates, 3);
        const slope = (g: number) =>
          drawnRows(5, 2, 9 + g)
            .flat()
            .map(Math.fround);
        const objective = () =>
          [0, 1, 2].reduce(
            (sum, g) => output(inputs, g).reduce((part, y, i) => part + y * slope(g)[i]!, sum),
            0,
          );
        tf.tidy(() => {
          const call = () =>
            layer.call(
              inputs.map((rows) => tf.tensor2d(rows)),
              {},
            );
          call().forEach((y, g) => {
            near(y.dataSync(), output(inputs, g), `output ${g}`);
          });
          const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
          const { grads } = tf.variableGrads(
            () =>
              tf.addN(
                call().map((y, g) => tf.sum(tf.mul(y, tf.tensor2d(Float32Array.from(slope(g)), [5, 2])))),
              ) as tf.Scalar,
            variables,
          );
          layer.trainableWeights.forEach((weight, i) => {
            const name = nameOf(weight.originalName);
            const expected = centralDifferences(objective, data[name]!);
            near(grads[variables[i]!.name]!.dataSync(), expected, `gradient to ${name}`);
          });
        });
        tf.dispose(layer.weights.map((weight) => weight.read()));
      }
    });
  }
});

describe('customizedGateControl', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  /** Two levels, which is progressive layered extraction. */
  function twoLevels(more: object = {}) {
    const x = input({ shape: [3] });
    const first = make({ ...more, sharedGate: true, name: 'first' }).apply(x);
    const outputs = make({ ...more, name: 'second' }).apply(first);
    const heads = outputs.map((y, i) => layers.dense({ units: 1, name: `head_${i}` }).apply(y));
    return functional({ inputs: x, outputs: heads as SymbolicTensor[] });
  }

  test('published values: a gate over its own expert and the shared one', () => {
    const layer = make({ tasks: ['a'], experts: { own: 1, shared: 1 }, expert: constant() });
    layer.build([null, 1]);
    const numbers: Record<string, number[]> = {
      'gate/a/router/kernel': [0, 0],
      'gate/a/bias': [0.5, -0.5],
      'expert/a/value': [1, 0],
      'expert/shared/value': [0, 2],
    };
    for (const weight of layer.weights)
      tf.tidy(() => {
        weight.write(tf.tensor(numbers[weight.originalName]!, weight.shape as number[]));
      });
    const [y] = layer.apply(tf.tensor2d([[5]]));
    near(y!.dataSync(), [0.7310585786300049, 0.5378828427399902], 'y');
  });

  test('levels stack, train with balance losses, leak nothing, and load as they were saved', async () => {
    const xs = tf.tensor2d(drawnRows(24, 3, 4));
    const ys = [5, 6].map((seed) => tf.tensor2d(drawnRows(24, 1, seed)));
    for (const more of [
      { balance: [switchLoss({ weight: 0.01 })], gate: topK({ k: 2 }) },
      { expert: layerExperts(() => layers.dense({ units: 2, activation: 'tanh' })) },
    ]) {
      const model = twoLevels(more);
      model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
      const fit = (epochs: number) => model.fit(xs, ys, { epochs, batchSize: 8, shuffle: false, verbose: 0 });
      const first = await fit(1);
      const { numTensors } = tf.memory();
      const rest = await fit(8);
      tf.dispose(model.predict(xs));
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(rest.history.loss!.at(-1)).toBeLessThan(first.history.loss![0] as number);
      const loaded = await loadLayersModel(await keptModel(model));
      const [before, after] = [model, loaded].map((each) =>
        (each.predict(xs) as tf.Tensor[]).flatMap((y) => [...y.dataSync()]),
      );
      expect(after).toEqual(before);
      const level = loaded.getLayer('first') as CustomizedGateControl;
      expect([level.tasks, level.sharedGate, level.trainingCalls]).toEqual([['a', 'b'], true, 27]);
    }
  });

  test('a task learns nothing from what only the other sees', () => {
    const layer = make();
    layer.build([null, 3]);
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const x = tf.tensor2d(drawnRows(5, 3, 1));
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(layer.call(x, {})[0]!)) as tf.Scalar,
      variables,
    );
    layer.trainableWeights.forEach((weight, i) => {
      const moved = grads[variables[i]!.name]?.dataSync().some((slope) => slope !== 0) ?? false;
      expect(moved, weight.originalName).toBe(!weight.originalName.includes('/b/'));
    });
  });

  test('masks pass through levels', () => {
    const ids = input({ shape: [3] });
    const x = layers.embedding({ inputDim: 9, outputDim: 3, maskZero: true }).apply(ids) as SymbolicTensor;
    const outputs = make().apply(make({ sharedGate: true }).apply(x));
    const model = functional({ inputs: ids, outputs });
    const ys = model.predict(tf.tensor2d([[4, 2, 0]])) as tf.Tensor[];
    for (const y of ys)
      expect([...y.dataSync()].map((value) => value === 0)).toEqual([false, false, false, false, true, true]);
  });

  test('what cannot be meant is refused by name', () => {
    expect(() => make({ experts: 4 })).toThrow(/customizedGateControl: experts: options must be an object/);
    expect(() => make({ experts: { own: 0, shared: 1 } })).toThrow(/experts.own must be/);
    expect(() => make({ tasks: ['a', 'shared'] })).toThrow(/and not shared/);
    expect(() => make({ capacity: 3 })).toThrow(/capacity must be left out/);
    const layer = make();
    expect(() => layer.apply([input({ shape: [3] }), input({ shape: [3] })])).toThrow(
      /takes one input, or one for each of a, b, shared. Received: 2/,
    );
  });
});

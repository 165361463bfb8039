import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  layers,
  loadLayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { defineGate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { noisyTopK, sigmoid, softmax, topK, topP } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  layerExperts,
  MultiGateMixtureOfExperts,
  mixtureOfExperts,
  multiGateMixtureOfExperts,
  switchLoss,
} from '../../src/index.ts';
import { keptModel } from '../../src/testing/layer-assertions.ts';
import { onEveryBackend } from '../backends.ts';
import { expectOracle, near } from './oracle.ts';

const expert = ffn({ hiddenUnits: 3, activation: 'tanh' });
const top2 = topK({ k: 2 });
const mask = [1, 0, 1, 1, 0, 1];

onEveryBackend(() => {
  for (const dispatch of ['dense', 'capacity', 'grouped'] as const) {
    const more = { dispatch, ...(dispatch === 'capacity' && { capacity: 6 }) };
    test(`${dispatch}: values and gradients are those of layers with one gate that share experts`, () => {
      expectOracle({ gates: [top2, topK({ k: 1 })], expert, experts: 4, more });
      expectOracle({ gates: [top2, topP({ p: 0.6 }), sigmoid()], expert, experts: 3, mask, more });
      // As many levels of choices as a token can have experts, though one level has both.
      expectOracle({ gates: [softmax(), softmax()], expert: linear(), experts: 2, mask, more });
    });
  }

  test('with one task it is the plain layer: start, values, gradients, noise', () => {
    for (const gate of [top2, noisyTopK({ k: 2 }), softmax()]) {
      const args = { experts: 4, gate, expert, units: 2, seed: 7 };
      const [one, plain] = [multiGateMixtureOfExperts({ ...args, tasks: 1 }), mixtureOfExperts(args)];
      const x = tf.tensor2d(drawnRows(5, 3, 2));
      const of = (layer: typeof one | typeof plain) => {
        layer.build([null, 3]);
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        return tf.tidy(() => {
          const loss = () => {
            const y = [layer.call(x, { training: true })].flat()[0]!;
            return tf.sum(tf.square(y)) as tf.Scalar;
          };
          const { value, grads } = tf.variableGrads(loss, variables);
          return [value, ...variables.map(({ name }) => grads[name]!)].map((each) => [...each.dataSync()]);
        });
      };
      expect(of(one)).toEqual(of(plain));
      tf.dispose([x, ...[...one.weights, ...plain.weights].map((weight) => weight.read())]);
    }
  });
});

describe('multiGateMixtureOfExperts', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  /** A functional model with a head for each task. */
  function twoHeads(layer: MultiGateMixtureOfExperts, shape = [3]) {
    const x = input({ shape });
    const outputs = layer.apply(x).map((y, i) => layers.dense({ units: 1, name: `head_${i}` }).apply(y));
    return functional({ inputs: x, outputs: outputs as SymbolicTensor[] });
  }
  const make = (more: object = {}) =>
    multiGateMixtureOfExperts({
      tasks: ['clicks', 'sales_net'],
      experts: 4,
      gate: top2,
      expert,
      units: 2,
      seed: 1,
      ...more,
    });

  test('published values: one softmax gate per task over the same experts', () => {
    // Experts that are constants, and gates that are their biases.
    const layer = multiGateMixtureOfExperts({
      tasks: 2,
      experts: 3,
      gate: softmax(),
      expert: constant(),
      units: 2,
    });
    layer.build([null, 1]);
    const numbers: Record<string, number[]> = {
      'gate/task_1/router/kernel': [0, 0, 0],
      'gate/task_2/router/kernel': [0, 0, 0],
      'gate/task_1/bias': [0.2, -0.1, 0.4],
      'gate/task_2/bias': [1, 0, -1],
      'expert/value': [1, 0, 0, 2, 3, 1],
    };
    for (const weight of layer.weights)
      tf.tidy(() => {
        weight.write(tf.tensor(numbers[weight.originalName]!, weight.shape as number[]));
      });
    const outputs = layer.apply(tf.tensor2d([[5]])).map((y) => [...y.dataSync()]);
    near(
      outputs.flat(),
      [1.5745645945374513, 0.9125042388229887, 0.9353326752859632, 0.5794875152799758],
      'y',
    );
  });

  test('trains by fit with balance losses and noise, and leaks nothing', async () => {
    const xs = tf.tensor2d(drawnRows(24, 3, 4));
    const ys = [5, 6].map((seed) => tf.tensor2d(drawnRows(24, 1, seed)));
    const layer = make({ gate: noisyTopK({ k: 2 }), balance: [switchLoss({ weight: 0.1 })] });
    const model = twoHeads(layer);
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const fit = (epochs: number) => model.fit(xs, ys, { epochs, batchSize: 8, shuffle: false, verbose: 0 });
    const first = await fit(1);
    const { numTensors } = tf.memory();
    const rest = await fit(8);
    tf.dispose(model.predict(xs));
    tf.dispose(model.evaluate(xs, ys));
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(rest.history.loss!.at(-1)).toBeLessThan(first.history.loss![0] as number);
    expect(layer.trainingCalls).toBe(27);
    expect(Object.keys(layer.routingMetrics)).toEqual(['clicks', 'sales_net']);
    expect(layer.trainingRoutingMetrics.sales_net!.tokens).toBe(8);
    tf.dispose([xs, ...ys]);
  });

  test('balance losses are those of every task together', () => {
    const loss = switchLoss({ weight: 0.5 });
    const x = tf.tensor2d(drawnRows(7, 3, 4));
    const losses = (layer: MultiGateMixtureOfExperts) =>
      tf.tidy(() => {
        layer.apply(x, { training: true });
        return layer.calculateLosses().map((each) => each.dataSync()[0]!);
      });
    const layer = make({ balance: [loss] });
    const both = losses(layer);
    const each = ['clicks', 'sales_net'].map((task) => {
      const alone = make({ tasks: 1, balance: [loss] });
      alone.build([null, 3]);
      const gates = layer.weights.filter(({ originalName }) => originalName.includes(`gate/${task}/`));
      alone.setWeights(
        [...gates, ...layer.weights.filter(({ originalName }) => originalName.includes('expert/'))].map((w) =>
          w.read(),
        ),
      );
      return losses(alone)[0]!;
    });
    expect(both).toHaveLength(1);
    expect(both[0]).toBeCloseTo(each[0]! + each[1]!, 6);
    expect(each[0]).not.toBeCloseTo(each[1]!, 3);
  });

  test('a saved model predicts the same when loaded, with its tasks, and trains on as if it had not stopped', async () => {
    const xs = tf.tensor2d(drawnRows(9, 3, 6));
    const ys = [5, 6].map((seed) => tf.tensor2d(drawnRows(9, 1, seed)));
    for (const more of [
      { gate: [noisyTopK({ k: 2 }), softmax()] },
      { expert: layerExperts(() => layers.dense({ units: 2, activation: 'tanh' })) },
    ]) {
      const model = twoHeads(make(more));
      const loaded = await loadLayersModel(await keptModel(model));
      const after: number[][] = [];
      for (const each of [model, loaded]) {
        each.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
        after.push((each.predict(xs) as tf.Tensor[]).flatMap((y) => [...y.dataSync()]));
        await each.fit(xs, ys, { epochs: 2, shuffle: false, verbose: 0 });
        after.push((each.predict(xs) as tf.Tensor[]).flatMap((y) => [...y.dataSync()]));
      }
      expect(after.slice(2)).toEqual(after.slice(0, 2));
      const layer = loaded.layers.find((one) => 'tasks' in one) as MultiGateMixtureOfExperts;
      expect(layer.tasks).toEqual(['clicks', 'sales_net']);
    }
  });

  test('routing can be looked at by task, and replayed', () => {
    const layer = make();
    const x = tf.tensor2d(drawnRows(5, 3, 3));
    const plans = layer.route(x);
    expect(Object.keys(plans)).toEqual(['clicks', 'sales_net']);
    const [a, b] = [plans.clicks!, plans.sales_net!];
    expect([...a.weights_TE.dataSync()]).not.toEqual([...b.weights_TE.dataSync()]);
    // The other task's choices.
    const replayed = layer.replaying({ clicks: b.choices_TE }, () => layer.route(x));
    expect([...replayed.clicks!.selected_TE.dataSync()]).toEqual([...b.selected_TE.dataSync()]);
    expect([...replayed.sales_net!.selected_TE.dataSync()]).toEqual([...b.selected_TE.dataSync()]);
    expect(() => layer.replaying({ other: b.choices_TE }, () => 0)).toThrow(
      /has the tasks clicks, sales_net\. Received: "?other/,
    );
  });

  test('experts are computed once in a pass of a model, however many tasks there are', async () => {
    let calls = 0;
    class Counted extends layers.Layer {
      static className = 'TfjsMoeCountedTasks';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        calls++;
        return tf.clone([inputs].flat()[0]!);
      }
    }
    const layer = make({
      tasks: 3,
      experts: 2,
      gate: softmax(),
      units: 3,
      expert: layerExperts(() => new Counted({})),
    });
    const model = twoHeads(layer);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [xs, y] = [tf.tensor2d(drawnRows(4, 3, 1)), tf.ones([4, 1])];
    calls = 0;
    const ys = tf.tidy(() => (model.predict(xs) as tf.Tensor[]).map((each) => each.dataSync()[0]));
    expect(calls).toBe(2);
    tf.dispose(await model.trainOnBatch(xs, [y, y, y]));
    expect(calls).toBe(4);
    // The next pass computes anew, from weights that have changed.
    expect(tf.tidy(() => (model.predict(xs) as tf.Tensor[]).map((each) => each.dataSync()[0]))).not.toEqual(
      ys,
    );
    expect(layer.trainingCalls).toBe(1);
  });

  test('in fit a balance loss counts once for every place of the layer, and not for every output', async () => {
    const xs = tf.tensor2d(drawnRows(4, 3, 1));
    for (const places of [1, 2]) {
      const layer = make({ balance: [switchLoss({ weight: 1 })], gate: softmax() });
      const x = input({ shape: [3] });
      const outputs = Array.from({ length: places }, () => layer.apply(x)).flat();
      const model = functional({ inputs: x, outputs });
      model.compile({ optimizer: tf.train.sgd(0), loss: () => tf.scalar(0) });
      const ys = outputs.map(() => tf.ones([4, 2]));
      const [total] = [await model.trainOnBatch(xs, ys)].flat() as number[];
      const alone = tf.tidy(() => {
        layer.apply(xs, { training: true });
        return layer.calculateLosses()[0]!.dataSync()[0]!;
      });
      expect(alone).toBeGreaterThan(1.9);
      expect(total).toBeCloseTo(places * alone, 5);
    }
  });

  test('another order of the experts is another order of the weights and nothing else', () => {
    const layer = make({ gate: softmax() });
    const x = tf.tensor2d(drawnRows(5, 3, 3));
    const values = () => layer.apply(x).flatMap((y) => [...y.dataSync()]);
    const before = values();
    for (const weight of layer.weights)
      tf.tidy(() => {
        weight.write(tf.gather(weight.read(), [2, 0, 3, 1]));
      });
    near(values(), before, 'y');
  });

  test('masks pass through, and padding changes no output and no metric', () => {
    const layer = make({ balance: [switchLoss({ weight: 1 })] });
    const ids = input({ shape: [4] });
    const embedded = layers
      .embedding({ inputDim: 9, outputDim: 3, maskZero: true })
      .apply(ids) as SymbolicTensor;
    const outputs = layer.apply(embedded);
    const model = functional({ inputs: ids, outputs });
    const of = (rows: number[][]) => {
      const ys = tf.tidy(() =>
        (model.predict(tf.tensor2d(rows)) as tf.Tensor[]).map((y) => [...y.dataSync()]),
      );
      return { ys, metrics: layer.routingMetrics };
    };
    const padded = [3, 5, 0, 0];
    const [short, long] = [of([padded]), of([padded, [0, 0, 0, 0]])];
    expect(short.ys[1]!.slice(4)).toEqual([0, 0, 0, 0]);
    expect(long.ys.map((y) => y.slice(0, 8))).toEqual(short.ys);
    expect(long.metrics).toEqual(short.metrics);
    expect(short.metrics.clicks!.tokens).toBe(2);
  });

  test('a task whose gate is NaN harms no other, nor does a token of NaN', () => {
    for (const dispatch of ['dense', 'grouped', 'capacity'] as const) {
      const layer = make({ dispatch, ...(dispatch === 'capacity' && { capacity: 5 }) });
      const x = drawnRows(5, 3, 3);
      const values = (rows = x) => layer.apply(tf.tensor2d(rows)).map((y) => [...y.dataSync()]);
      const before = values();
      const withNaN = x.map((row, t) => (t === 2 ? [Number.NaN, 0, 0] : row));
      values(withNaN).forEach((y, g) => {
        expect(y.map(Number.isNaN)).toEqual(y.map((_, i) => i === 4 || i === 5));
        const others = (values: number[]) => values.filter((_, i) => i !== 4 && i !== 5);
        near(others(y), others(before[g]!), dispatch);
      });
      layer.weights
        .filter(({ originalName }) => originalName.includes('gate/sales_net/'))
        .forEach((weight) => {
          weight.write(tf.fill(weight.shape as number[], Number.NaN));
        });
      const [clicks, sales] = values();
      near(clicks!, before[0]!, dispatch);
      expect(sales!.every(Number.isNaN)).toBe(true);
    }
  });

  test('inputs of any rank and of int32, and none at all', () => {
    const layer = make();
    const outputs = layer.apply(tf.ones([2, 4, 3], 'int32'));
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [2, 4, 2],
      [2, 4, 2],
    ]);
    expect(layer.apply(tf.zeros([0, 3])).map(({ shape }) => shape)).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  test('one task is a list of one output', () => {
    const layer = make({ tasks: 1 });
    expect(layer.apply(input({ shape: [3] }))).toHaveLength(1);
    expect(layer.apply(tf.ones([2, 3])).map(({ shape }) => shape)).toEqual([[2, 2]]);
  });

  test('parts can be frozen, and a gate parameter set', () => {
    const layer = make({ gate: softmax(), trainableExperts: false });
    layer.build([null, 3]);
    expect(layer.trainableWeights.every(({ originalName }) => originalName.includes('gate/'))).toBe(true);
    layer.trainableGate = false;
    expect(layer.trainableWeights).toEqual([]);
    layer.setGateParameter('clicks/bias', 3);
    const filled = layer.weights.filter((weight) => weight.read().dataSync()[0] === 3);
    expect(filled.map(({ originalName }) => originalName)).toEqual(['gate/clicks/bias']);
  });

  test('a capacity counts a token once, however many tasks send it', () => {
    const layer = make({ gate: softmax(), capacity: 3 });
    tf.dispose(layer.apply(tf.ones([6, 3])));
    expect(layer.routingMetrics.clicks!.droppedFraction).toBeCloseTo(0.5, 6);
  });

  describe('refusals', () => {
    test('what cannot be meant is refused by name', () => {
      expect(() => make({ tasks: 0 })).toThrow(/multiGateMixtureOfExperts: tasks must be an integer/);
      expect(() => make({ tasks: [] })).toThrow(/tasks must be a number of tasks or a list/);
      expect(() => make({ tasks: ['a', 'a'] })).toThrow(/tasks must have different names/);
      expect(() => make({ tasks: ['a b'] })).toThrow(/the name of a task must be letters/);
      expect(() => make({ gate: [top2] })).toThrow(/a list for gate must have 2 entries. Received: 1/);
      expect(() => make({ weightAt: 'input' })).toThrow(/unknown option "weightAt"/);
      expect(() => make({ dropout: 0.5 })).toThrow(/unknown option "dropout"/);
      const saved = { ...make({ name: 'mmoe' }).getConfig(), shared: { count: 1 } };
      expect(() => new MultiGateMixtureOfExperts(saved as never)).toThrow(
        /mmoe: shared must be null in a saved layer with several gates/,
      );
      expect(() => make({ task: 2 })).toThrow(/unknown option "task".*known options are tasks, experts/s);
      expect(() => make({ gate: [top2, topK({ k: 9 })] })).toThrow(/topK: k must be an integer between 1/);
      const mixing = defineGate('taskMixer', () => ({
        config: {},
        expertsPerToken: (experts: number) => experts,
        params: () => ({}),
        route: softmax().route as never,
        mix: (() => ({})) as never,
      }));
      expect(() => make({ gate: mixing() })).toThrow(/the gate "taskMixer" mixes tokens/);
    });

    test('it says why it cannot stand in timeDistributed or in a sequential model', () => {
      const inside = layers.timeDistributed({ layer: make() as never });
      expect(() => inside.apply(input({ shape: [4, 3] }))).toThrow(
        /has several outputs, so it cannot stand in tf.layers.timeDistributed/,
      );
      expect(() => sequential({ layers: [make({ inputShape: [3] }) as never] })).toThrow(/single output/);
    });

    test('inputs of another size are named', () => {
      const layer = make();
      layer.build([null, 3]);
      layer.built = true;
      expect(() => layer.call(tf.ones([2, 4]), {})).toThrow(/the input must have 3 features. Received: 4/);
      expect(() => layer.call([tf.ones([2, 3]), tf.ones([2, 3])], {})).toThrow(
        /takes one input. Received: 2/,
      );
    });
  });
});

/** State of gates: moved once per step of the optimiser, by whomever and in however many calls the step is made. */
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model as modelOf, sequential } from '@tensorflow/tfjs-layers';
import { defineGate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { layerExperts, type MixtureOfExperts, mixtureOfExperts } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';
import { load, save } from '../saved/saved-models.ts';
import { countingGate } from './counting-gate.ts';

const layer = (more: object = {}) =>
  mixtureOfExperts({
    experts: 3,
    gate: countingGate(),
    expert: linear(),
    units: 1,
    seed: 1,
    name: 'moe',
    ...more,
  });

const xs = () => tf.tensor2d(drawnRows(8, 2, 1));
const ys = () => tf.tensor2d(drawnRows(8, 1, 2));

function trainable(more: object = {}): LayersModel {
  const model = sequential({ layers: [layer({ inputShape: [2], ...more })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

/** The state of the counting gate: [updates], last and all. */
function stateOf(model: LayersModel | MixtureOfExperts): Record<string, number[]> {
  const named = model.weights.map(
    (weight) => [weight.originalName.replace(/^.*gate\//, ''), weight] as const,
  );
  return Object.fromEntries(
    named
      .filter(([name]) => ['updates', 'last', 'all'].includes(name))
      .map(([name, weight]) => [name, Array.from(weight.read().dataSync())]),
  );
}

const counts = (updates: number, last: number, all: number) => ({
  updates: [updates],
  last: [last, last, last],
  all: [all, all, all],
});

onEveryBackend(() => {
  test('fit moves it at every batch, and nothing else does', async () => {
    const model = trainable();
    await model.fit(xs(), ys(), { epochs: 3, batchSize: 3, verbose: 0 });
    expect(stateOf(model)).toEqual({ updates: [9], last: stateOf(model).last, all: [24, 24, 24] });
    tf.dispose([model.predict(xs()), model.evaluate(xs(), ys())] as tf.Tensor[]);
    tf.dispose((model.layers[0] as MixtureOfExperts).call(xs(), { training: true }));
    expect(stateOf(model).updates).toEqual([9]);
  });

  test('batches that accumulate are one step, and so are calls of a shared layer', () => {
    const [shared, optimizer] = [layer(), tf.train.adam(0.01)];
    shared.build([null, 2]);
    const loss = () =>
      tf.tidy(
        () =>
          tf.mean(
            tf.add(
              ...([1, 2].map((by) => shared.call(tf.mul(xs(), by), { training: true })) as [
                tf.Tensor,
                tf.Tensor,
              ]),
            ),
          ) as tf.Scalar,
      );
    for (let step = 1; step <= 3; step++) {
      const { grads } = tf.variableGrads(loss);
      const more = tf.variableGrads(loss).grads;
      expect(stateOf(shared).updates).toEqual([step - 1]);
      optimizer.applyGradients(
        Object.fromEntries(Object.keys(grads).map((name) => [name, tf.add(grads[name]!, more[name]!)])),
      );
      expect(stateOf(shared)).toEqual(counts(step, 32, 32 * step));
    }
  });

  test('padding is not observed', async () => {
    const model = sequential({
      layers: [layers.masking({ maskValue: 0, inputShape: [4, 2] }), layer()],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = tf.tensor3d([1, 1, 2, 2, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0], [2, 4, 2]);
    await model.fit(x, tf.zeros([2, 4, 1]), { batchSize: 2, epochs: 2, verbose: 0 });
    expect(stateOf(model)).toEqual(counts(2, 3, 6));
  });

  test('it is saved with the model, and a resumed run is the uninterrupted one', async () => {
    const model = trainable();
    const fit = (each: LayersModel) =>
      each.fit(xs(), ys(), { epochs: 2, batchSize: 8, shuffle: false, verbose: 0 });
    await fit(model);
    const resumed = await load(await save(model));
    resumed.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    expect(stateOf(resumed)).toEqual(counts(2, 8, 16));
    for (const each of [model, resumed]) await fit(each);
    expect(stateOf(resumed)).toEqual(counts(4, 8, 32));
    expect(resumed.getWeights().map((weight) => weight.dataSync())).toEqual(
      model.getWeights().map((weight) => weight.dataSync()),
    );
  });

  test('weights that are written by hand are no step, and stay what was written', async () => {
    const model = trainable();
    const fresh = model.getWeights().map((weight) => tf.keep(weight.clone()));
    await model.fit(xs(), ys(), { epochs: 1, batchSize: 8, verbose: 0 });
    model.setWeights(fresh);
    tf.dispose(model.predict(xs()));
    expect(stateOf(model)).toEqual(counts(0, 0, 0));
    const moe = model.layers[0] as MixtureOfExperts;
    tf.variableGrads(() => tf.mean(moe.call(xs(), { training: true })) as tf.Scalar);
    model.setWeights(fresh);
    expect(stateOf(model)).toEqual(counts(0, 0, 0));
    await model.fit(xs(), ys(), { epochs: 1, batchSize: 8, verbose: 0 });
    expect(stateOf(model)).toEqual(counts(1, 16, 16));
  });

  test('a frozen gate keeps its state', async () => {
    const whole = sequential({
      layers: [layer({ inputShape: [2], trainable: false }), layers.dense({ units: 1 })],
    });
    for (const model of [trainable({ trainableGate: false }), whole]) {
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await model.fit(xs(), ys(), { epochs: 2, verbose: 0 });
      expect(stateOf(model)).toEqual(counts(0, 0, 0));
    }
  });

  test('nested, in another model and at every time step', async () => {
    const x = input({ shape: [5, 2] });
    const inner = sequential({ layers: [layer({ inputShape: [2] })] });
    const y = layers.timeDistributed({ layer: inner as never }).apply(x) as ReturnType<typeof input>;
    const model = modelOf({ inputs: x, outputs: y });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit(tf.ones([4, 5, 2]), tf.ones([4, 5, 1]), { epochs: 2, batchSize: 4, verbose: 0 });
    expect(stateOf(inner)).toEqual(counts(2, 20, 40));
  });

  test('among the experts of another mixture, where writing by hand is no step either', () => {
    const outer = mixtureOfExperts({
      experts: 2,
      gate: countingGate(),
      expert: layerExperts(() => layer()),
      units: 1,
      seed: 1,
    });
    outer.build([null, 2]);
    const [first, second] = [0, 1].map((expert) =>
      outer.weights.filter(({ name }) => name.startsWith(`expert_${expert}/`)),
    );
    const updatesOf = (weights: typeof outer.weights) =>
      weights
        .find(({ originalName }) => originalName.endsWith('updates'))!
        .read()
        .dataSync()[0];
    const own = () =>
      outer.weights
        .find(({ originalName }) => originalName === 'gate/updates')!
        .read()
        .dataSync()[0];
    const gradients = () =>
      tf.variableGrads(() => tf.mean(outer.call(xs(), { training: true })) as tf.Scalar).grads;
    gradients();
    const inside = first!.find(({ originalName }) => originalName.endsWith('kernel'))!;
    inside.write(tf.add(inside.read(), 1));
    gradients();
    expect([own(), updatesOf(first!), updatesOf(second!)]).toEqual([0, 0, 0]);
    tf.train.sgd(0.1).applyGradients(gradients());
    expect([own(), updatesOf(first!), updatesOf(second!)]).toEqual([1, 1, 1]);
  });

  test('a step that an error cuts off moves nothing, and its batch counts with the next', () => {
    const optimizer = tf.train.sgd(0.1);
    const whole = (of: MixtureOfExperts) => () => tf.mean(of.call(xs(), { training: true })) as tf.Scalar;
    const counting = layer();
    counting.build([null, 2]);
    optimizer.minimize(whole(counting));
    const broken = () => {
      whole(counting)();
      throw new Error('cut off');
    };
    for (let i = 0; i < 2; i++)
      expect(() => tf.tidy(() => void optimizer.minimize(broken))).toThrow('cut off');
    expect(stateOf(counting)).toEqual(counts(1, 8, 8));
    optimizer.minimize(whole(counting));
    expect(stateOf(counting)).toEqual(counts(2, 24, 32));
  });

  test('steps leave nothing behind, and the end of the layer not even that', async () => {
    const before = tf.memory().numTensors;
    const model = trainable();
    const [x, y] = [xs(), ys()];
    const step = () => model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 });
    await step();
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) await step();
    tf.dispose(model.predict(x));
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('an update that moves what is no state is refused by name', async () => {
  const bad = defineGate('testBadState', () => ({
    ...countingGate(),
    config: {},
    update: <V>(_ops: unknown, p: Record<string, V>) => ({ 'router/kernel': p['router/kernel']! }),
  }));
  const model = trainable({ gate: bad() });
  await model.fit(xs(), ys(), { epochs: 1, verbose: 0 });
  expect(() => model.predict(xs())).toThrow(
    '[tfjs-moe] testBadState: update must return parameters that are state. Received: "router/kernel".',
  );
  expect(softmax().update).toBeUndefined();
  expect(hierarchical({ groups: 1 }).update).toBeUndefined();
});

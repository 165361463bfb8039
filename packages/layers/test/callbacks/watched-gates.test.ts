/** Callbacks find the gates wherever they lie: several in a layer, in models in models, among the experts of others. */
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { temperature, topK } from '@tfjs-moe/gates';
import { beforeEach, expect, test } from 'vitest';
import {
  customizedGateControl,
  layerExperts,
  mixtureOfExperts,
  multiGateMixtureOfExperts,
  type RoutingFinding,
  routingAlarm,
  routingLogger,
  temperatureSchedule,
} from '../../src/index.ts';
import '../backends.ts';

beforeEach(() => tf.setBackend('cpu'));

const FEATURES = 3;
const x = () => tf.tensor2d(drawnRows(32, FEATURES, 1));
const tasks = ['clicks', 'sales'];
const common = { expert: linear(), units: FEATURES, seed: 1 };

/** A model with a mixture in a model in it, another among the experts of a third, one in each time step, and tasks at its end. */
function nested(gate = topK({ k: 1 })) {
  const moe = (name: string) => mixtureOfExperts({ experts: 4, gate, ...common, name });
  const deep = sequential({ layers: [layers.inputLayer({ inputShape: [FEATURES] }), moe('deep')] });
  const outer = mixtureOfExperts({
    experts: 2,
    gate,
    expert: layerExperts((e) => moe(`inside_${e}`)),
    seed: 1,
    name: 'outer',
  });
  const given = input({ shape: [FEATURES] });
  let y = outer.apply(deep.apply(given)) as SymbolicTensor;
  y = layers.repeatVector({ n: 2 }).apply(y) as SymbolicTensor;
  y = layers.timeDistributed({ layer: moe('steps') as never }).apply(y) as SymbolicTensor;
  y = layers.globalAveragePooling1d({}).apply(y) as SymbolicTensor;
  const ofTasks = multiGateMixtureOfExperts({ tasks, experts: 4, gate, ...common, name: 'tasks' });
  const model = functional({ inputs: given, outputs: ofTasks.apply(y) });
  model.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
  return { model, ofTasks };
}

const fit = (model: ReturnType<typeof nested>['model'], callbacks: never) => {
  const zeros = tf.zeros([32, FEATURES]);
  return model.fit(x(), [zeros, zeros], { epochs: 4, batchSize: 32, verbose: 0, callbacks });
};

test('a model: every gate has entries, alarms and a temperature of its own', async () => {
  const { model, ofTasks } = nested();
  const logger = routingLogger({ layer: model });
  const found: RoutingFinding[] = [];
  const alarm = routingAlarm({
    layer: model,
    maxViolation: 0,
    patience: 2,
    onAlarm: (one) => found.push(one),
  });
  await fit(model, [logger, alarm] as never);
  const names = ['deep', 'outer', 'expert_0', 'expert_1', 'steps', 'tasks/clicks', 'tasks/sales'];
  const seen = logger.history.filter(({ step }) => step === 3).map(({ layer }) => layer);
  expect(seen.filter((name) => !name.startsWith('expert'))).toEqual(
    names.filter((name) => !name.startsWith('expert')),
  );
  expect(seen.some((name) => name.startsWith('expert'))).toBe(true);
  const last = logger.history.find(({ layer, step }) => layer === 'tasks/sales' && step === 3)!;
  expect(last.load).toEqual(ofTasks.trainingRoutingMetrics.sales!.load);
  expect(found.map(({ layer }) => layer)).toEqual(
    expect.arrayContaining(['deep', 'steps', 'tasks/clicks', 'tasks/sales']),
  );
  expect(found.every(({ layer }) => names.includes(layer))).toBe(true);
});

test('the entries of several gates stay within the limit, and those of a step together', async () => {
  const { model } = nested();
  const logger = routingLogger({ layer: model, limit: 15 });
  await fit(model, logger as never);
  expect(logger.history.length).toBeLessThanOrEqual(15);
  expect(new Set(logger.history.map(({ step }) => step))).toEqual(new Set([0, 2]));
});

test('a schedule moves the temperature of every task, of own and shared experts too', async () => {
  const gate = temperature({ temperature: 2, learned: false });
  const layer = customizedGateControl({
    tasks,
    experts: { own: 1, shared: 2 },
    gate,
    ...common,
    inputShape: [FEATURES],
  });
  const given = input({ shape: [FEATURES] });
  const model = functional({ inputs: given, outputs: layer.apply(given) });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await fit(model, temperatureSchedule({ layer, schedule: (step) => 5 - step }) as never);
  const values = layer.weights
    .filter(({ originalName }) => originalName.endsWith('temperature'))
    .map((weight) => weight.read().dataSync()[0]);
  expect(values).toEqual([2, 2]);
  const learned = multiGateMixtureOfExperts({ tasks, experts: 2, gate: temperature(), ...common });
  expect(() => temperatureSchedule({ layer: learned, schedule: () => 1 })).toThrow('optimiser does not move');
});

test('what has no gate is refused, and a layer that records nothing', () => {
  const plain = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  for (const layer of [plain, layers.dense({ units: 1 }), {}, 'moe'] as never[]) {
    expect(() => routingLogger({ layer })).toThrow(
      'routingLogger: layer must be a MixtureOfExperts layer, one with',
    );
    expect(() => temperatureSchedule({ layer, schedule: () => 1 })).toThrow('a model with such layers');
  }
  const silent = multiGateMixtureOfExperts({
    tasks,
    experts: 2,
    gate: topK(),
    ...common,
    recordRouting: false,
  });
  expect(() => routingAlarm({ layer: silent })).toThrow('recordRouting: false');
  expect(() => routingAlarm({ layer: [] })).toThrow('there must be a layer to watch');
});

test('a second layer of one name is told from the first', async () => {
  const outer = () =>
    mixtureOfExperts({
      experts: 1,
      gate: topK({ k: 1 }),
      expert: layerExperts(() => mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), ...common })),
      seed: 1,
    });
  const model = sequential({
    layers: [layers.inputLayer({ inputShape: [FEATURES] }), outer(), outer()],
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const logger = routingLogger({ layer: model });
  await model.fit(x(), tf.zeros([32, FEATURES]), { epochs: 1, batchSize: 32, verbose: 0, callbacks: logger });
  const names = logger.history.map(({ layer }) => layer);
  expect(names).toEqual(expect.arrayContaining(['expert_0', 'expert_0#2']));
  expect(new Set(names).size).toBe(4);
});

import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { CustomCallback, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature } from '@tfjs-moe/gates';
import { beforeEach, describe, expect, test } from 'vitest';
import { type MixtureOfExperts, mixtureOfExperts, temperatureSchedule } from '../../src/index.ts';
import '../backends.ts';

beforeEach(() => tf.setBackend('cpu'));

const fixed = temperature({ temperature: 2, learned: false });

function compiled(gate = fixed, built = true) {
  const layer = mixtureOfExperts({
    experts: 2,
    gate,
    expert: linear(),
    units: 1,
    seed: 1,
    name: 'moe',
    ...(built ? { inputShape: [2] } : {}),
  });
  if (!built) return { layer, model: undefined as never };
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return { layer, model };
}

const xs = () => tf.tensor2d(drawnRows(6, 2, 1));
const ys = () => tf.zeros([6, 1]);

/** The gate's temperature at the end of every batch. */
function temperatures(layer: MixtureOfExperts, name = 'gate/temperature') {
  const seen: number[] = [];
  const weight = layer.weights.find(({ originalName }) => originalName.endsWith(name));
  const callback = new CustomCallback({
    onBatchEnd: () => {
      seen.push(weight!.read().dataSync()[0]!);
    },
  });
  return { seen, callback };
}

describe('the temperature of every batch', () => {
  test('follows the schedule under fit, and a new fit begins anew', async () => {
    const { layer, model } = compiled();
    const { seen, callback } = temperatures(layer);
    const schedule = temperatureSchedule({ layer, schedule: { kind: 'linear', from: 4, to: 1, steps: 3 } });
    const options = { epochs: 2, batchSize: 3, verbose: 0, callbacks: [schedule, callback] };
    await model.fit(xs(), ys(), options);
    expect(seen).toEqual([4, 3, 2, 1]);
    expect(schedule.temperature).toBe(1);
    await model.fit(xs(), ys(), { ...options, epochs: 1 });
    expect(seen.slice(4)).toEqual([4, 3]);
  });

  test('follows a function under fitDataset', async () => {
    const { layer, model } = compiled();
    const { seen, callback } = temperatures(layer);
    const schedule = temperatureSchedule({ layer, schedule: (step) => 2 ** -step });
    const batches = data.zip({ xs: data.array(drawnRows(6, 2, 1)), ys: data.array(drawnRows(6, 1, 2)) });
    await model.fitDataset(batches.batch(2), { epochs: 1, verbose: 0, callbacks: [schedule, callback] });
    expect(seen).toEqual([1, 0.5, 0.25]);
  });

  test('may be that of one level of a hierarchical gate', async () => {
    const gate = hierarchical({ groups: 2, outer: fixed, inner: softmax() });
    const { layer, model } = compiled(gate);
    const { seen, callback } = temperatures(layer, 'gate/outer/temperature');
    const schedule = temperatureSchedule({ layer, schedule: () => 3, parameter: 'outer/temperature' });
    await model.fit(xs(), ys(), { epochs: 1, verbose: 0, callbacks: [schedule, callback] });
    expect(seen).toEqual([3]);
  });

  test('leaves no tensor behind', async () => {
    const { layer, model } = compiled();
    const callbacks = [temperatureSchedule({ layer, schedule: () => 2 })];
    const [x, y] = [xs(), ys()];
    await model.fit(x, y, { epochs: 1, verbose: 0, callbacks });
    const { numTensors } = tf.memory();
    await model.fit(x, y, { epochs: 3, verbose: 0, callbacks });
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('refuses', () => {
  test('what is not a layer of experts', () => {
    expect(() => temperatureSchedule({ layer: {} as never, schedule: () => 1 })).toThrow(
      '[tfjs-moe] temperatureSchedule: layer must be a MixtureOfExperts layer, one with several tasks, a model with such layers, or several. Received: {}.',
    );
  });

  test('a temperature that is not above 0, at once or when it comes to it', async () => {
    const { layer, model } = compiled();
    expect(() => temperatureSchedule({ layer, schedule: () => 0 })).toThrow(
      '[tfjs-moe] temperatureSchedule: the temperature at step 0 must be a finite number above 0. Received: 0.',
    );
    const schedule = temperatureSchedule({ layer, schedule: (step) => 1 - step });
    const fit = model.fit(xs(), ys(), { epochs: 2, batchSize: 6, verbose: 0, callbacks: [schedule] });
    await expect(fit).rejects.toThrow(/the temperature at step 1 must be a finite number above 0/);
  });

  test('a gate without a temperature, and says what it has', () => {
    const { layer } = compiled(softmax());
    expect(() => temperatureSchedule({ layer, schedule: () => 1 })).toThrow(
      '[tfjs-moe] temperatureSchedule: unknown gate parameter; known gate parameters: router/kernel, bias. ' +
        'Received: "temperature".',
    );
    const { layer: other } = compiled();
    expect(() => temperatureSchedule({ layer: other, schedule: () => 1, parameter: 'toString' })).toThrow(
      'unknown gate parameter; known gate parameters: router/kernel, bias, temperature. Received: "toString".',
    );
  });

  test('a temperature that the optimiser moves as well', () => {
    const { layer } = compiled(temperature());
    expect(() => temperatureSchedule({ layer, schedule: () => 1 })).toThrow(
      'must be one that the optimiser does not move: temperature({ learned: false })',
    );
    layer.trainableGate = false;
    expect(() => temperatureSchedule({ layer, schedule: () => 1 })).not.toThrow();
  });

  test('a layer that has no parameters yet', () => {
    const { layer } = compiled(fixed, false);
    expect(() => layer.setGateParameter('temperature', 1)).toThrow(
      /known gate parameters: none before the layer is built/,
    );
  });
});

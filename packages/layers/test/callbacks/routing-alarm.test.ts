import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  type RoutingAlarmOptions,
  type RoutingFinding,
  routingAlarm,
} from '../../src/index.ts';
import '../backends.ts';

beforeEach(() => tf.setBackend('cpu'));

const moe = (args: Partial<MixtureOfExpertsArgs> = {}) =>
  mixtureOfExperts({
    experts: 8,
    gate: topK({ k: 2 }),
    expert: linear(),
    units: 1,
    seed: 1,
    inputShape: [3],
    name: 'moe',
    ...args,
  });

/** Writes the gate's bias and a factor of its kernel. */
function write(layer: MixtureOfExperts, bias: readonly number[], factor = 1): void {
  for (const weight of layer.weights) {
    if (!weight.originalName.includes('gate')) continue;
    const isBias = weight.shape.at(-1) === 1 && weight.originalName.includes('bias');
    const value = weight.read();
    weight.write(isBias ? tf.tensor(bias as number[], value.shape) : tf.mul(value, factor));
  }
}

const rows = () => [tf.tensor2d(drawnRows(64, 3, 1)), tf.zeros([64, 1])] as const;
const even = new Array(8).fill(0);
const collapsed = [30, 30, ...even.slice(2)];

/** Five batches of a fit, with a layer that is changed before. */
async function fiveBatches(layer: MixtureOfExperts, options: Partial<RoutingAlarmOptions> = {}) {
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError' });
  const told: RoutingFinding[] = [];
  const alarm = routingAlarm({ layer, onAlarm: (finding) => told.push(finding), ...options });
  const [x, y] = rows();
  const run = () =>
    model.fit(tf.concat([x, x, x, x, x]), tf.concat([y, y, y, y, y]), {
      batchSize: 64,
      shuffle: false,
      epochs: 1,
      verbose: 0,
      callbacks: [alarm],
    });
  await run();
  return { told, alarm, run };
}

describe('in a forced collapse', () => {
  test('alarms go off within five batches, each once, with advice', async () => {
    const layer = moe();
    layer.build([null, 3]);
    write(layer, collapsed);
    const { told, alarm } = await fiveBatches(layer, { deadBatches: 5 });
    expect(told.map(({ alarm, step }) => [alarm, step])).toEqual([
      ['maxViolation', 2],
      ['collapse', 2],
      ['deadExperts', 4],
    ]);
    const [violation, collapse, dead] = told;
    expect(violation).toMatchObject({ layer: 'moe', value: 3, limit: 2, epoch: 0, experts: [0] });
    expect(collapse!.value).toBeCloseTo(2, 6);
    expect(collapse).toMatchObject({ limit: 3, message: 'only 2.0 of 8 experts of layer moe are in use' });
    expect(dead).toMatchObject({
      experts: [2, 3, 4, 5, 6, 7],
      message: 'experts 2, 3, 4, 5, 6, 7 of layer moe had no token for 5 batches',
      advice: expect.stringContaining('balance loss'),
    });
    expect(alarm.findings).toEqual(told);
  });

  test('a second fit begins anew', async () => {
    const layer = moe();
    layer.build([null, 3]);
    write(layer, collapsed);
    const { told, run, alarm } = await fiveBatches(layer);
    expect(told).toHaveLength(2);
    await run();
    expect(told).toHaveLength(4);
    expect(alarm.findings).toHaveLength(2);
  });

  test('a warning by default', async () => {
    const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const layer = moe();
    layer.build([null, 3]);
    write(layer, collapsed);
    await fiveBatches(layer, { onAlarm: undefined as never, maxViolation: false });
    const own = said.mock.calls.flat().filter((text) => String(text).includes('routingAlarm'));
    said.mockRestore();
    expect(own).toEqual([
      expect.stringMatching(/^\[tfjs-moe\] routingAlarm: only 2\.0 of 8 experts.*; .*noisyTopK/),
    ]);
  });

  test('weights tell it of a gate that chooses all', async () => {
    const layer = moe({ gate: softmax() });
    layer.build([null, 3]);
    write(layer, [30, ...even.slice(1)]);
    const { told } = await fiveBatches(layer, { deadBatches: false, logitGrowth: false });
    expect(told.map(({ alarm }) => alarm)).toEqual(['maxViolation', 'collapse']);
    expect(told[1]).toMatchObject({ limit: 1.25 });
  });
});

describe('nothing is said', () => {
  test.each<[string, Partial<MixtureOfExpertsArgs>]>([
    ['of a balanced routing', {}],
    ['of one expert', { experts: 1, gate: topK({ k: 1 }) }],
    ['of top-1 of two', { experts: 2, gate: topK({ k: 1 }) }],
    ['of a gate that chooses all', { gate: softmax() }],
  ])('%s', async (_, args) => {
    const layer = moe(args);
    layer.build([null, 3]);
    write(layer, new Array(layer.getConfig().experts as number).fill(0));
    expect((await fiveBatches(layer, { deadBatches: 1 })).told).toEqual([]);
  });

  test('where every alarm is off', async () => {
    const layer = moe();
    layer.build([null, 3]);
    write(layer, collapsed);
    const off = { deadBatches: false, maxViolation: false, collapse: false, logitGrowth: false } as const;
    expect((await fiveBatches(layer, off)).told).toEqual([]);
  });
});

describe('in a loop of its own', () => {
  test('check says what is new, of the last training batch, and again after it was over', async () => {
    const layer = moe();
    const [x] = rows();
    tf.dispose(layer.apply(x) as tf.Tensor);
    const alarm = routingAlarm({ layer: [layer], patience: 2, maxViolation: false, onAlarm: () => {} });
    const step = async (bias: readonly number[]) => {
      write(layer, bias);
      tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
      return (await alarm.check()).map((finding) => finding.alarm);
    };
    expect(await step(collapsed)).toEqual([]);
    // Without a batch in between nothing is counted twice.
    expect(await alarm.check()).toEqual([]);
    tf.dispose(layer.apply(x) as tf.Tensor);
    expect(await alarm.check()).toEqual([]);
    expect(await step(collapsed)).toEqual(['collapse']);
    expect(await step(collapsed)).toEqual([]);
    expect(await step(even)).toEqual([]);
    expect(await step(collapsed)).toEqual([]);
    expect(await step(collapsed)).toEqual(['collapse']);
  });

  test('logits that grow', async () => {
    const layer = moe();
    const [x] = rows();
    tf.dispose(layer.apply(x) as tf.Tensor);
    const alarm = routingAlarm({ layer, patience: 1, onAlarm: () => {} });
    const scales: number[] = [];
    const found: string[] = [];
    for (let i = 0; i < 4; i++) {
      tf.dispose(layer.apply(x, { training: true }) as tf.Tensor);
      found.push(...(await alarm.check()).map(({ alarm, step }) => `${alarm} ${step}`));
      scales.push(layer.trainingRoutingMetrics!.logitScale);
      write(layer, even, 5);
    }
    expect(scales[1]! / scales[0]!).toBeCloseTo(5, 3);
    const first = scales.findIndex((scale) => scale > 10 * Math.max(1, scales[0]!));
    expect(first).toBeGreaterThan(0);
    expect(found).toEqual([`logitGrowth ${first}`]);
  });
});

test.each<[string, object]>([
  [
    'layer must be a MixtureOfExperts layer, one with several tasks, a model with such layers, or several',
    { layer: 3 },
  ],
  ['there must be a layer to watch', { layer: [] }],
  ['layer must record its routing', { layer: moe({ recordRouting: false }) }],
  ['deadBatches must be an integer', { deadBatches: 0 }],
  ['maxViolation must be a finite number', { maxViolation: 'x' }],
  ['collapse must be a finite number', { collapse: Number.NaN }],
  ['logitGrowth must be a finite number', { logitGrowth: true }],
  ['patience must be an integer', { patience: 0 }],
  ['onAlarm must be a function', { onAlarm: 3 }],
  ['unknown option', { dead: 3 }],
])('%s', (message, options) => {
  expect(() => routingAlarm({ layer: moe(), ...options } as never)).toThrow(message);
});

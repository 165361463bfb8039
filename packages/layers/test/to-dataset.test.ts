import * as tf from '@tensorflow/tfjs-core';
import { type layers, sequential } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { beforeEach, describe, expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import { type LabelledImages, type ToDatasetOptions, toDataset } from '../src/to-dataset.ts';
import './backends.ts';

beforeEach(() => tf.setBackend('cpu'));

/** Pictures of 2 x 3 pixels; the first pixel is the picture's number, the label repeats 0, 1, 2. */
function pictures(size: number): LabelledImages {
  const images = new Uint8Array(size * 6);
  for (let i = 0; i < images.length; i++) images[i] = i % 6 === 0 ? i / 6 : 51 * (i % 6);
  return { size, images, labels: Uint8Array.from({ length: size }, (_, i) => i % 3), shape: [2, 3] };
}

/** The numbers of the pictures of one pass, batch by batch. */
async function pass(dataset: ReturnType<typeof toDataset>): Promise<number[][]> {
  const batches: number[][] = [];
  await dataset.forEachAsync(({ xs, ys }) => {
    const [rows] = xs.shape;
    const numbers = Array.from(xs.dataSync());
    batches.push(Array.from({ length: rows as number }, (_, i) => Math.round(numbers[6 * i]! * 255)));
    tf.dispose([xs, ys]);
  });
  return batches;
}

describe('batches', () => {
  test('are rows of grey levels from 0 to 1 with one-hot labels', async () => {
    const [{ xs, ys }] = (await toDataset(pictures(3)).toArray()) as [{ xs: tf.Tensor; ys: tf.Tensor }];
    expect(xs.shape).toEqual([3, 6]);
    const row = Array.from(xs.dataSync()).slice(12);
    [2 / 255, 0.2, 0.4, 0.6, 0.8, 1].forEach((level, p) => {
      expect(row[p]).toBeCloseTo(level, 6);
    });
    expect(ys.arraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    tf.dispose([xs, ys]);
  });

  test('have the size asked for, and the last may be smaller', async () => {
    expect(await pass(toDataset(pictures(5), { batchSize: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
    expect(await pass(toDataset(pictures(130)))).toMatchObject({ length: 2, 1: { length: 2 } });
  });

  test('are pictures with a channel when asked for', async () => {
    const [{ xs, ys }] = (await toDataset(pictures(2), { as: 'pictures', classes: 5 }).toArray()) as [
      { xs: tf.Tensor; ys: tf.Tensor },
    ];
    expect(xs.shape).toEqual([2, 2, 3, 1]);
    expect(ys.shape).toEqual([2, 5]);
    tf.dispose([xs, ys]);
  });
});

describe('the order', () => {
  test('is that of the arrays without a seed, in every pass', async () => {
    const dataset = toDataset(pictures(4), { batchSize: 4 });
    expect(await pass(dataset)).toEqual([[0, 1, 2, 3]]);
    expect(await pass(dataset)).toEqual([[0, 1, 2, 3]]);
  });

  test('is another one in every pass with a seed, the same passes for the same seed', async () => {
    const make = (seed: number) => toDataset(pictures(40), { batchSize: 16, seed });
    const [dataset, again] = [make(1), make(1)];
    const [first, second] = [await pass(dataset), await pass(dataset)];
    expect(first).not.toEqual(second);
    expect([await pass(again), await pass(again)]).toEqual([first, second]);
    expect(await pass(make(2))).not.toEqual(first);
    const everything = Array.from({ length: 40 }, (_, i) => i);
    for (const order of [first, second]) expect(order.flat().sort((a, b) => a - b)).toEqual(everything);
  });
});

test('fitDataset trains a layer on it, and evaluateDataset judges it', async () => {
  // Whether the first pixel is dark or bright decides the label.
  const data = pictures(60);
  const labelled = { ...data, labels: data.labels.map((_, i) => (i < 30 ? 0 : 1)) };
  const layer = mixtureOfExperts({
    experts: 2,
    gate: softmax(),
    expert: linear(),
    units: 2,
    seed: 1,
    inputShape: [6],
  }) as unknown as layers.Layer;
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.adam(0.2), loss: 'meanSquaredError' });
  const train = toDataset(labelled, { batchSize: 20, seed: 1 });
  const { history } = await model.fitDataset(train, { epochs: 20, verbose: 0 });
  const losses = history.loss as number[];
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
  const judged = (await model.evaluateDataset(toDataset(labelled) as never, {})) as tf.Scalar;
  expect(judged.dataSync()[0]).toBeCloseTo(losses.at(-1) as number, 1);
});

describe('refuses', () => {
  test.each<[Partial<ToDatasetOptions>, string]>([
    [{ batchSize: 0 }, 'batchSize must be an integer of at least 1. Received: 0.'],
    [{ classes: 2 }, 'classes must be an integer of at least 3. Received: 2.'],
    [{ seed: Number.NaN }, 'seed must be a finite number. Received: NaN.'],
    [{ as: 'images' as never }, `as must be one of 'rows', 'pictures'. Received: "images".`],
    [{ shuffle: true } as never, 'unknown option "shuffle"; known options are batchSize, classes, seed, as.'],
  ])('%o', (options, message) => {
    expect(() => toDataset(pictures(3), options)).toThrow(`[tfjs-moe] toDataset: ${message}`);
  });

  test('images that are not as many as the labels', () => {
    const data = { ...pictures(3), labels: new Uint8Array(2) };
    expect(() => toDataset(data)).toThrow(
      '[tfjs-moe] toDataset: 3 images of 6 pixels need as many pixels and labels. Received: {"images":18,"labels":2}.',
    );
  });
});

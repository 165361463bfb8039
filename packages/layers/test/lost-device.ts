/** What becomes of a model whose device is lost: a named error, and the weights that were last saved. */
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';

/**
 * Ends the device of webgpu, so that nothing may be tested on it afterwards.
 * @param expectSound looks for errors of the device so far, while it can tell them
 */
export function testLostDevice(expectSound: () => Promise<void>): void {
  test('a model whose device is lost ends by name, and goes on elsewhere as it was saved', async () => {
    const layer = mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 6 }),
      units: 2,
      recordRouting: false,
      seed: 1,
      inputShape: [5],
    });
    const model = sequential({ layers: [layer] });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const rows = drawnRows(24, 5, 1);
    await model.trainOnBatch(tf.tensor2d(rows), tf.tensor2d(drawnRows(24, 2, 2)));
    const predicted = async (of: LayersModel) =>
      Array.from(await (of.predict(tf.tensor2d(rows)) as tf.Tensor).data());
    const before = await predicted(model);
    let saved: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );

    const { device } = tf.backend() as unknown as {
      device: { destroy(): void; readonly lost: Promise<unknown> };
    };
    await expectSound();
    device.destroy();
    await device.lost;
    expect(() => model.predict(tf.tensor2d(rows))).toThrow('[tfjs-moe] webgpu: the device was lost');

    await tf.setBackend('cpu');
    const after = await predicted(await loadLayersModel(tf.io.fromMemory(saved)));
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]!, 4);
    });
  });
}

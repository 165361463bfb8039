import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadModel, saveModel, useBackend } from 'app-frame';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildNetworks } from '../src/model.ts';
import { parseOptions } from '../src/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'digits-model-'));
beforeAll(async () => {
  await useBackend('test', 'wasm');
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['topK', 'softmax', 'switchGate'])(
  'a model with the gate %s comes back as it was',
  async (gate) => {
    const { mixture } = buildNetworks(parseOptions([`--gate=${gate}`, '--experts=3', '--hidden=4'], '/'));
    const place = join(folder, 'made', gate);
    await saveModel('digits', mixture.model, place);
    const loaded = await loadModel(place);
    const images = tf.randomUniform([5, 784], 0, 1, 'float32', 1);
    const [before, after] = [mixture.model, loaded].map((model) =>
      (model.predict(images) as tf.Tensor).arraySync(),
    );
    expect(after).toEqual(before);

    const { weightsManifest, modelTopology } = JSON.parse(readFileSync(join(place, 'model.json'), 'utf8'));
    expect(modelTopology.class_name).toBe('Model');
    expect(weightsManifest[0].paths).toEqual(['weights.bin']);
  },
);

test('a model that cannot be written leaves the old one whole', async () => {
  const { mixture } = buildNetworks(parseOptions(['--experts=2', '--hidden=4'], '/'));
  const place = join(folder, 'old');
  mkdirSync(join(place, 'model.json'), { recursive: true });
  await expect(saveModel('digits', mixture.model, place)).rejects.toThrow(
    '[tfjs-moe] digits: the model cannot be written: it is a folder (EISDIR)',
  );
  expect(readdirSync(place)).toEqual(['model.json']);
});

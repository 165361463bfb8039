import '@tensorflow/tfjs-backend-cpu';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { loadMixture, modelFiles, saveMixture } from '@tfjs-moe/checkpoints';
import { openFolder, readModel, writeFolder } from '@tfjs-moe/checkpoints/node';
import { checkpointFiles, floatsOf, tensorData } from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockOf, weightsOf } from './families/blocks.ts';
import { predicted, savedOf } from './saved/saved.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a block that is written into a folder is loaded from it, by folder, index and file', async () => {
  const { file, family, config } = await blockOf('qwen2-moe');
  const layer = await loadMixture(file, { family, config, layer: 3 });
  const [one, many] = [join(folder, 'one'), join(folder, 'many')];
  await writeFolder(one, await saveMixture(layer, { family, layer: 1 }));
  await writeFolder(many, await saveMixture(layer, { family, layer: 1, maxShardBytes: 2000 }));
  expect(readdirSync(one).sort()).toEqual(['config.json', 'model.safetensors']);
  const paths = [one, many, join(one, 'model.safetensors'), join(many, 'model.safetensors.index.json')];
  for (const path of paths) {
    const again = await loadMixture(await openFolder(path), { layer: 1 });
    expect(weightsOf(again)).toEqual(weightsOf(layer));
  }
});

test('what cannot be written leaves the old files as they were', async () => {
  const path = join(folder, 'old');
  await writeFolder(path, new Map([['model.safetensors', [Uint8Array.of(1)]]]));
  const files = new Map<string, Uint8Array[]>([
    ['model.safetensors', [Uint8Array.of(2)]],
    ['../config.json', []],
  ]);
  await expect(writeFolder(path, files)).rejects.toThrow(/bare names\. Received: "\.\.\/config\.json"/);
  expect(readdirSync(path)).toEqual(['model.safetensors']);
  expect([...readFileSync(join(path, 'model.safetensors'))]).toEqual([1]);
});

test('a checkpoint in the place of another is the one that is read, sharded or not', async () => {
  const path = join(folder, 'replaced');
  const tensors = (value: number) => ['a', 'b', 'c'].map((name) => tensorData(name, 'F32', [1], [value]));
  const read = async () => {
    const { checkpoint } = await openFolder(path);
    return Promise.all(checkpoint.names.map(async (name) => floatsOf(await checkpoint.read(name))[0]));
  };
  await writeFolder(path, checkpointFiles(tensors(1), { maxShardBytes: 4 }));
  writeFileSync(join(path, 'config.json'), '{}');
  for (const [value, files] of [
    [2, ['model.safetensors']],
    [3, ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']],
    [4, ['model-00001-of-00003.safetensors', 'model-00003-of-00003.safetensors']],
  ] as const) {
    const maxShardBytes = { 2: 100, 3: 8, 4: 4 }[value];
    await writeFolder(path, checkpointFiles(tensors(value), { maxShardBytes }));
    expect(await read()).toEqual([value, value, value]);
    expect(readdirSync(path)).toEqual(expect.arrayContaining(['config.json', ...files]));
    const shards = readdirSync(path).filter((name) => name.endsWith('.safetensors'));
    expect(shards).toHaveLength({ 2: 1, 3: 2, 4: 3 }[value]);
  }
});

test('a saved model in a folder leaves a checkpoint that is there alone', async () => {
  const path = join(folder, 'beside');
  await writeFolder(path, checkpointFiles([tensorData('a', 'F32', [1], [1])]));
  await writeFolder(path, new Map([['model.json', [Uint8Array.of(1)]]]));
  expect(readdirSync(path).sort()).toEqual(['model.json', 'model.safetensors']);
});

test('nothing stays open, whatever was read, and whether it could be', async () => {
  const handles = () => readdirSync('/proc/self/fd').length;
  const before = existsSync('/proc/self/fd') ? handles() : undefined;
  const model = await openFolder(join(folder, 'many'));
  await loadMixture(model, { layer: 1 });
  await expect(loadMixture(model, { layer: 7 })).rejects.toThrow(/layer 7/);
  if (before !== undefined) expect(handles()).toBe(before);
});

test('a file that was changed since is refused, and so is one that went away', async () => {
  const path = join(folder, 'changing');
  const { file, family, config } = await blockOf('qwen2-moe');
  const layer = await loadMixture(file, { family, config, layer: 3 });
  await writeFolder(path, await saveMixture(layer, { family, layer: 1 }));
  const model = await openFolder(path);
  await writeFolder(path, await saveMixture(layer, { family, layer: 1 }));
  await expect(loadMixture(model, { layer: 1 })).rejects.toThrow(
    /model\.safetensors: .*the file must stay as it was when it was opened/,
  );
  rmSync(join(path, 'model.safetensors'));
  await expect(loadMixture(model, { layer: 1 })).rejects.toThrow(
    /model\.safetensors: .*reading failed: ENOENT/,
  );
});

test('what cannot be read is named, with what the system said', async () => {
  const path = join(folder, 'nowhere');
  await expect(openFolder(path)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^\[tfjs-moe\] openFolder: the model must be a file or a folder that can be read \(ENOENT\)\. Received: "/,
    ),
    cause: { code: 'ENOENT' },
  });
});

test('a folder without a model is named', async () => {
  await expect(openFolder(folder)).rejects.toThrow(/it is a folder without model\.safetensors/);
});

test('a config that is none is named', async () => {
  const path = join(folder, 'one');
  writeFileSync(join(path, 'config.json'), '{');
  await expect(openFolder(path)).rejects.toThrow(/a config must be an object of JSON.*config\.json/);
});

test('a saved tfjs model is read as it was written, by its folder or its model.json', async () => {
  const path = join(folder, 'tfjs');
  const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
  await writeFolder(path, modelFiles(await savedOf(model)));
  expect(readdirSync(path).sort()).toEqual(['model.json', 'weights.bin']);
  const x = tf.tensor2d([[1, 2]]);
  for (const each of [path, join(path, 'model.json')]) {
    const again = await loadLayersModel(tf.io.fromMemory(await readModel(each)));
    expect(predicted(again, x)).toEqual(predicted(model, x));
  }
  const json = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
  json.weightsManifest[0].paths = ['../weights.bin'];
  writeFileSync(join(path, 'other.json'), JSON.stringify(json));
  await expect(readModel(join(path, 'other.json'))).rejects.toThrow(
    /beside model\.json\. Received: "\.\.\/weights/,
  );
  writeFileSync(join(path, 'cut.json'), '{"modelTopology": {');
  await expect(readModel(join(path, 'cut.json'))).rejects.toThrow(/tf\.LayersModel\.save has written/);
  await expect(readModel(join(path, 'none'))).rejects.toThrow(/can be read \(ENOENT\)/);
});

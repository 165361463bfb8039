/** `moe prune`, `moe merge` and `moe upcycle`: on saved models of tfjs. */
import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { modelFiles } from '@tfjs-moe/checkpoints';
import { readModel, writeFolder } from '@tfjs-moe/checkpoints/node';
import { tensorData, writeSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../src/command.ts';
import { merge } from '../src/commands/merge.ts';
import { prune } from '../src/commands/prune.ts';
import { upcycle } from '../src/commands/upcycle.ts';
import { captured } from './captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'surgery-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = captured();
const at = (name: string) => join(folder, name);
const csv = at('x.csv');

beforeAll(async () => {
  await tf.setBackend('cpu');
  const rows = Array.from({ length: 20 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${(i % 7) / 3}`);
  writeFileSync(csv, `a,b,c\n${rows.join('\n')}\n`);
  const model = sequential({
    layers: [
      layers.dense({ units: 6, activation: 'relu', inputShape: [3] }),
      layers.dense({ units: 2, activation: 'softmax', name: 'classes' }),
    ],
  });
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      await writeFolder(at('dense'), modelFiles(artifacts));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  await run(upcycle, [at('dense'), '--experts', '6', '--out', at('grown')]);
});

const run = async (command: Command, words: readonly string[]) => {
  expect(await command.run([...words, '--inputs', csv], said.terminal)).toBe(0);
  return said.output.at(-1)!;
};

const answers = async (name: string) => {
  const model = await loadLayersModel(tf.io.fromMemory(await readModel(at(name))));
  const y = model.predict(tf.tensor2d([[0.1, 0.2, 0.3]])) as tf.Tensor;
  return [...y.dataSync()];
};

describe('moe upcycle, moe prune, moe merge', () => {
  test('an upcycled model answers as the dense one did, and says so', async () => {
    const words = [
      at('dense/model.json'),
      '--experts',
      '4',
      '--method',
      'virtualGroups',
      '--out',
      at('groups'),
    ];
    const text = await run(upcycle, words);
    expect(text).toMatch(
      /^mixture classes_mixture changes by \S+ at most, of outputs up to \S+, over 20 tokens\nthe model changes by \S+ at most, .* over 20 inputs\nstate of the optimiser: dropped$/,
    );
    expect(said.progress.join('')).toMatch(/reading .*\n.*comparing over 20 inputs\nwriting /);
    expect(readdirSync(at('groups')).sort()).toEqual(['model.json', 'weights.bin']);
    const [dense, groups] = [await answers('dense'), await answers('groups')];
    for (const [i, value] of groups.entries()) expect(value).toBeCloseTo(dense[i]!, 5);
  });

  test.each<[string, Command, string]>([
    ['prune', prune, 'kept'],
    ['merge', merge, 'groups'],
  ])('%s: the smaller model is what its receipt says', async (name, command, what) => {
    const told = JSON.parse(await run(command, [at('grown'), '--to', '3', '--out', at(name), '--json']));
    expect(told).toMatchObject({
      layer: 'classes_mixture',
      receipt: { tokens: 20, optimiserState: 'dropped' },
      model: { tokens: 20 },
    });
    expect(told[what]).toHaveLength(3);
    const specs = JSON.parse(readFileSync(at(`${name}/model.json`), 'utf8')).weightsManifest[0].weights;
    expect(specs[0]).toMatchObject({ name: 'classes_mixture/gate/router/kernel', shape: [3, 3] });
    // Experts are copies, so that fewer of them say the same.
    const [grown, small] = [await answers('grown'), await answers(name)];
    for (const [i, value] of small.entries()) expect(value).toBeCloseTo(grown[i]!, 5);
  });

  test('inputs are read from safetensors too', async () => {
    const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    writeFileSync(at('x.safetensors'), writeSafetensors([tensorData('x', 'F32', [4, 3], x)]));
    const words = [at('grown'), '--to', '2', '--inputs', at('x.safetensors'), '--out', at('two'), '--json'];
    expect(await prune.run(words, said.terminal)).toBe(0);
    expect(JSON.parse(said.output[0]!).model.tokens).toBe(4);
  });

  test('what cannot be done is named, and nothing is written', async () => {
    const before = readdirSync(folder).sort();
    const refused = (command: Command, words: readonly string[]) =>
      expect(command.run([...words, '--out', at('none')], said.terminal)).rejects;
    writeFileSync(at('words.csv'), 'a,b,c\n1,x,2\n');
    writeFileSync(at('two.csv'), 'a,b\n1,2\n');
    await refused(prune, [at('grown'), '--to', '9', '--inputs', csv]).toThrow(/pruneExperts: to must be/);
    await refused(prune, [at('dense'), '--to', '2', '--inputs', csv]).toThrow(
      /no layer of the model is a mixture/,
    );
    await refused(prune, [at('grown'), '--to', '2', '--inputs', at('words.csv')]).toThrow(
      /numbers only.*"b"/,
    );
    await refused(prune, [at('grown'), '--to', '2', '--inputs', at('two.csv')]).toThrow(
      /of the model's shapes/,
    );
    await refused(upcycle, [at('dense'), '--experts', '4', '--layers', 'x', '--inputs', csv]).toThrow(
      /follow each other, of .*classes/,
    );
    const same = [at('grown'), '--to', '2', '--inputs', csv, '--out', at('grown')];
    await expect(prune.run(same, said.terminal)).rejects.toThrow(/another folder than the model/);
    expect(await prune.run([at('grown'), '--inputs', csv, '--out', at('none')], said.terminal)).toBe(2);
    expect(said.progress.at(-1)).toMatch(/^usage: moe prune MODEL --to N --inputs FILE --out FOLDER/);
    for (const name of ['words.csv', 'two.csv']) rmSync(at(name));
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

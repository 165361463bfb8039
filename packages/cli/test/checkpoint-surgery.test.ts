/** `moe prune`, `moe merge` and `moe upcycle`: on checkpoints of published models. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolder, writeFolder } from '@tfjs-moe/checkpoints/node';
import { checkpointFiles, tensorData, writeSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { merge } from '../src/commands/merge.ts';
import { prune } from '../src/commands/prune.ts';
import { upcycle } from '../src/commands/upcycle.ts';
import { captured } from './captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-surgery-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = captured();
const at = (name: string) => join(folder, name);

const [D, I, E] = [4, 3, 4];
const numbers = (seed: number, size: number) =>
  Array.from({ length: size }, (_, i) => Math.sin(seed + 1.3 * i));
const block = (layer: number) => {
  const prefix = `model.layers.${layer}.mlp.`;
  return [
    tensorData(`${prefix}gate.weight`, 'BF16', [E, D], numbers(layer, E * D)),
    ...Array.from({ length: E }, (_, e) => [
      tensorData(`${prefix}experts.${e}.gate_proj.weight`, 'BF16', [I, D], numbers(e + 0.1, I * D)),
      tensorData(`${prefix}experts.${e}.up_proj.weight`, 'BF16', [I, D], numbers(e + 0.2, I * D)),
      tensorData(`${prefix}experts.${e}.down_proj.weight`, 'BF16', [D, I], numbers(e + 0.3, D * I)),
    ]).flat(),
  ];
};
const config = { model_type: 'olmoe', num_experts: E, num_experts_per_tok: 2, norm_topk_prob: false };

beforeAll(async () => {
  const files = new Map(checkpointFiles([...block(0), ...block(1)], { maxShardBytes: 300 }));
  files.set('config.json', [Buffer.from(JSON.stringify(config))]);
  await writeFolder(at('olmoe'), files);
  const states = [0, 1].map((layer) => tensorData(`layers.${layer}`, 'F32', [6, D], numbers(layer, 6 * D)));
  writeFileSync(at('hidden.safetensors'), writeSafetensors(states));
});

test('a checkpoint is pruned, with its index and config, and the receipt of every layer is told', async () => {
  const words = [at('olmoe'), '--to', '3', '--hidden', at('hidden.safetensors'), '--out', at('small')];
  expect(await prune.run([...words, '--max-shard-bytes', '200', '--json'], said.terminal)).toBe(0);
  const told = JSON.parse(said.output.at(-1)!);
  expect(told.optimiserState).toBe('dropped');
  expect(told.layers).toMatchObject([
    { layer: 0, receipt: { tokens: 6, optimiserState: 'dropped' } },
    { layer: 1, receipt: { tokens: 6 } },
  ]);
  expect([...told.files].sort()).toEqual(readdirSync(at('small')).sort());
  const model = await openFolder(at('small'));
  expect(model.config).toEqual({ ...config, num_experts: 3 });
  expect(model.checkpoint.names).not.toContain('model.layers.1.mlp.experts.3.up_proj.weight');
  const { kept } = told.layers[1];
  const name = (e: number) => `model.layers.1.mlp.experts.${e}.up_proj.weight`;
  const { checkpoint: old } = await openFolder(at('olmoe'));
  expect((await model.checkpoint.read(name(2))).bytes).toEqual((await old.read(name(kept[2]))).bytes);
  expect(said.progress.join('')).toMatch(/reading .*\n.*prune: layer 0, 1 of 2\n.*layer 1, 2 of 2\nwriting /);
});

test('without hidden states weights decide, and what changes is not known', async () => {
  expect(await prune.run([at('olmoe'), '--to', '2', '--out', at('by-norm')], said.terminal)).toBe(0);
  expect(said.output.at(-1)).toMatch(
    /^layer 0 changes by what is not known; kept \[\d,\d\]\nlayer 1 .*\nstate of the optimiser: dropped\nin model\.safetensors, config\.json$/,
  );
  const words = [at('olmoe'), '--to', '2', '--no-align', '--out', at('merged')];
  expect(await merge.run(words, said.terminal)).toBe(0);
  expect(said.output.at(-1)).toMatch(/layer 0 .* groups \[\[\d.*\]\]/);
  expect((await openFolder(at('merged'))).config).toMatchObject({ num_experts: 2 });
});

test('a dense checkpoint is upcycled', async () => {
  const dense = ['gate', 'up', 'down'].map((name) =>
    tensorData(`model.layers.0.mlp.${name}_proj.weight`, 'F32', [D, D], numbers(2, D * D)),
  );
  mkdirSync(at('dense'));
  writeFileSync(at('dense/model.safetensors'), writeSafetensors(dense));
  writeFileSync(at('dense/config.json'), JSON.stringify({ model_type: 'mistral', intermediate_size: D }));
  const words = [at('dense'), '--experts', '4', '--hidden', at('hidden.safetensors'), '--out', at('grown')];
  expect(await upcycle.run([...words, '--json'], said.terminal)).toBe(0);
  const [{ receipt }] = JSON.parse(said.output.at(-1)!).layers;
  expect(receipt.largestChange).toBeLessThan(1e-6);
  const config = JSON.parse(readFileSync(at('grown/config.json'), 'utf8'));
  expect(config).toMatchObject({ model_type: 'mixtral', num_local_experts: 4, num_experts_per_tok: 2 });
});

test('what is for the other kind of model is named, and nothing is written', async () => {
  const before = readdirSync(folder).sort();
  const refused = (words: readonly string[], command = prune) =>
    expect(command.run([at('olmoe'), '--out', at('none'), ...words], said.terminal)).rejects;
  await refused(['--to', '2', '--inputs', 'x.csv']).toThrow(/--inputs is for models that tfjs has saved/);
  await refused(['--to', '2', '--layer', 'a']).toThrow(/--layer is for models that tfjs has saved/);
  await refused(['--to', '2', '--by', 'reap']).toThrow(/by 'reap' needs hiddenStates/);
  await refused(['--to', '2', '--by', 'naee']).toThrow(/by must be one of 'routerNorm'/);
  await refused(['--experts', '4'], upcycle).toThrow(/no layers\.N\.mlp\.gate_proj/);
  await expect(prune.run([at('olmoe'), '--to', '2', '--out', at('olmoe')], said.terminal)).rejects.toThrow(
    /another folder than the model/,
  );
  expect(readdirSync(folder).sort()).toEqual(before);
});

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadMixture, upcycleCheckpoint } from '@tfjs-moe/checkpoints';
import { floatsOf, tensorData } from '@tfjs-moe/checkpoints/safetensors';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileOf, largestDifference, writtenModel } from './changed.ts';

beforeAll(() => tf.setBackend('cpu'));

const [D, I, T] = [4, 6, 5];
const numbers = (seed: number, size: number) =>
  Array.from({ length: size }, (_, i) => Math.fround(Math.sin(seed + 1.7 * i)));
const kernels = (layer: number) => ({
  gate: numbers(layer, I * D),
  up: numbers(layer + 0.3, I * D),
  down: numbers(layer + 0.6, D * I),
});
const dense = (dtype: 'F32' | 'BF16' = 'F32') =>
  fileOf([
    ...[0, 1].flatMap((layer) => {
      const { down, gate, up } = kernels(layer);
      const at = (name: string) => `model.layers.${layer}.mlp.${name}_proj.weight`;
      return [
        tensorData(at('gate'), dtype, [I, D], gate),
        tensorData(at('up'), dtype, [I, D], up),
        tensorData(at('down'), dtype, [D, I], down),
      ];
    }),
    tensorData('model.embed_tokens.weight', dtype, [2, D], numbers(9, 2 * D)),
  ]);
const x = numbers(5, T * D);
const states = () => fileOf([0, 1].map((layer) => tensorData(`layers.${layer}`, 'F32', [1, T, D], x)));

/** The dense network, number by number. */
function expected(layer: number): number[] {
  const { down, gate, up } = kernels(layer);
  const dot = (kernel: number[], row: number, input: readonly number[]) =>
    input.reduce((sum, value, i) => sum + value * kernel[row * input.length + i]!, 0);
  return Array.from({ length: T }, (_, t) => {
    const input = x.slice(t * D, (t + 1) * D);
    const hidden = Array.from({ length: I }, (__, i) => {
      const z = dot(gate, i, input);
      return (z / (1 + Math.exp(-z))) * dot(up, i, input);
    });
    return Array.from({ length: D }, (__, d) => dot(down, d, hidden));
  }).flat();
}

describe('upcycleCheckpoint', () => {
  test.each([
    ['mistral', 'mixtral', {}],
    ['llama', 'mixtral', { method: 'virtualGroups', groups: 2 }],
    ['qwen3', 'qwen3-moe', { method: 'virtualGroups', groups: 3, k: 3, experts: 6 }],
    ['qwen3', 'qwen3-moe', { k: 3 }],
  ] as const)('a %s becomes a %s that says what it said: %o', async (type, family, more) => {
    const config = { model_type: type, hidden_size: D, intermediate_size: I, hidden_act: 'silu', tie: true };
    const checkpoint = await dense();
    const done = await upcycleCheckpoint(
      { checkpoint, config },
      { experts: 4, ...more, hiddenStates: await states() },
    );
    const now = await writtenModel(done);
    expect(now.config).toMatchObject({ model_type: family.replace('-', '_'), tie: true });
    expect(now.checkpoint.names.filter((name) => /mlp\.(gate|up|down)_proj/.test(name))).toEqual([]);
    expect(await now.checkpoint.read('model.embed_tokens.weight')).toEqual(
      await checkpoint.read('model.embed_tokens.weight'),
    );
    for (const layer of [0, 1]) {
      // The config says the family and the number of experts per token.
      const moe = await loadMixture(now, { layer });
      const y = tf.tidy(() => (moe.apply(tf.tensor2d(x, [T, D])) as tf.Tensor).dataSync());
      expect(largestDifference(y, expected(layer))).toBeLessThan(5e-6);
      expect(done.layers[layer]!.receipt!.largestChange).toBeLessThan(5e-6);
      expect(done.layers[layer]!.receipt!.largestOutput).toBeCloseTo(
        Math.max(...expected(layer).map(Math.abs)),
        4,
      );
    }
    const routers = await Promise.all(
      now.checkpoint.names
        .filter((name) => name.endsWith('.gate.weight'))
        .map((name) => now.checkpoint.read(name)),
    );
    expect(floatsOf(routers[0]!)).not.toEqual(floatsOf(routers[1]!));
  });

  test('copies of BF16 are the same bits', async () => {
    const checkpoint = await dense('BF16');
    const done = await upcycleCheckpoint({ checkpoint, config: { model_type: 'mistral' } }, { experts: 2 });
    const now = (await writtenModel(done)).checkpoint;
    for (const e of [0, 1])
      expect((await now.read(`model.layers.1.block_sparse_moe.experts.${e}.w2.weight`)).bytes).toEqual(
        (await checkpoint.read('model.layers.1.mlp.down_proj.weight')).bytes,
      );
  });

  test('what cannot be is named', async () => {
    const checkpoint = await dense();
    const refused = (config: object | undefined, more: object = {}) =>
      expect(upcycleCheckpoint({ checkpoint, config }, { experts: 4, ...more })).rejects;
    await refused({ model_type: 'gemma' }).toThrow(/one of llama, mistral, qwen3, .*"gemma"/);
    await refused(undefined).toThrow(/model_type of the config must be/);
    await refused({ model_type: 'llama', rope_scaling: { factor: 8 } }).toThrow(/none of.*rope_scaling/);
    await refused({ model_type: 'llama' }, { method: 'virtualGroups', groups: 4, k: 4 }).toThrow(
      /hidden units \(6\)/,
    );
    await refused({ model_type: 'llama' }, { k: 1 }).toThrow(/k = 1/);
    const bias = tensorData('model.layers.0.mlp.down_proj.bias', 'F32', [D], numbers(1, D));
    const all = await Promise.all(checkpoint.names.map((name) => checkpoint.read(name)));
    const other = await fileOf([...all.filter(({ name }) => !name.includes('1.mlp.up')), bias]);
    await expect(
      upcycleCheckpoint({ checkpoint: other, config: { model_type: 'llama' } }, { experts: 4 }),
    ).rejects.toThrow(/bias has no place.*layers\.1\.mlp\.up_proj\.weight must be \[6, 4\] and is missing/);
  });
});

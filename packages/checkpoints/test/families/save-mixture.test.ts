import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadMixture, saveMixture } from '@tfjs-moe/checkpoints';
import {
  bytesSource,
  type CheckpointFiles,
  floatsOf,
  openSafetensors,
  openShards,
} from '@tfjs-moe/checkpoints/safetensors';
import { ffn, gatedFfn, mixtureOfExperts, sharedExperts, topK } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockNames, blockOf, weightsOf } from './blocks.ts';

beforeAll(() => tf.setBackend('cpu'));

const source = (files: CheckpointFiles, name: string) =>
  bytesSource(new Uint8Array(Buffer.concat(files.get(name)!)), name);
const configIn = (files: CheckpointFiles) => JSON.parse(Buffer.concat(files.get('config.json')!).toString());

describe.each(blockNames)('%s', (name) => {
  test('is exported and imported again bit by bit in F32, and to rounding in BF16', async () => {
    const { file, family, config } = await blockOf(name);
    const layer = await loadMixture(file, { family, config, layer: 3 });
    const layout = /fused|gpt|granite|jet|llama/.test(name) ? 'fused' : 'perExpert';
    const prefix = /(.*)layers\.3\./.exec(file.names.find((each) => each.includes('layers.3.'))!)![1]!;
    const options = { family, layer: 3, layout, prefix } as const;
    const files = await saveMixture(layer, options);
    const saved = await openSafetensors(source(files, 'model.safetensors'));
    // What came in F32 goes out under the same names with the same bytes.
    if (!/f8|mxfp4/.test(name)) {
      const block = file.names.filter((each) => /layers\.3\.(?!self_attn)/.test(each));
      expect([...saved.names].sort()).toEqual([...block].sort());
      for (const each of saved.names)
        expect(Buffer.compare((await saved.read(each)).bytes, (await file.read(each)).bytes), each).toBe(0);
    }
    const again = await loadMixture(saved, { family, config: configIn(files), layer: 3 });
    expect(weightsOf(again)).toEqual(weightsOf(layer));
    const plain = (config: object) => JSON.stringify({ ...config, seed: 0, name: '' });
    expect(plain(again.getConfig())).toBe(plain(layer.getConfig()));

    const rounded = await saveMixture(layer, { ...options, dtype: 'BF16' });
    const half = await openSafetensors(source(rounded, 'model.safetensors'));
    for (const each of half.names) {
      const [exact, near] = [floatsOf(await saved.read(each)), floatsOf(await half.read(each))];
      const far = exact.findIndex((value, i) => Math.abs(near[i]! - value) > Math.abs(value) * 2 ** -8);
      expect(far, each).toBe(-1);
    }
    for (const each of [layer, again]) each.dispose();
  });
});

test('a block in several files is read by its index', async () => {
  const { file, family, config } = await blockOf('mixtral');
  const layer = await loadMixture(file, { family, config, layer: 3 });
  const files = await saveMixture(layer, { family, layer: 0, maxShardBytes: 1000 });
  const shards = await openShards(source(files, 'model.safetensors.index.json'), (name) =>
    source(files, name),
  );
  expect(files.size).toBeGreaterThan(4);
  const again = await loadMixture({ checkpoint: shards, config: configIn(files) }, { layer: 0 });
  expect(weightsOf(again)).toEqual(weightsOf(layer));
});

describe('a layer that a family does not have is refused with all that differs', () => {
  const built = (args: Partial<Parameters<typeof mixtureOfExperts>[0]>) => {
    const gate = topK({ k: 2, useBias: false });
    const layer = mixtureOfExperts({ experts: 4, gate, expert: gatedFfn({ hiddenUnits: 3 }), ...args });
    layer.build([null, 4]);
    return layer;
  };
  const mixtral = { family: 'mixtral', layer: 0 } as const;

  test.each<[string, Parameters<typeof built>[0], RegExp]>([
    ['another gate', { gate: topK({ k: 2 }) }, /gate\.weighting\.useBias is true and must be false/],
    [
      'other weights',
      { gate: topK({ k: 2, useBias: false, renormalize: 'never' }) },
      /gate\.renormalize is "never"/,
    ],
    [
      'a shared expert',
      { shared: sharedExperts({ expert: ffn({ hiddenUnits: 3 }) }) },
      /shared is \{.*must be null/,
    ],
    ['biases', { expert: gatedFfn({ hiddenUnits: 3, useBias: true }) }, /expert\.useBias is true/],
    ['another expert', { expert: ffn({ hiddenUnits: 3 }) }, /experts of mixtral are gatedFfn/],
    ['another output', { units: 5 }, /units is 5 and must be 4/],
  ])('%s', async (_, args, message) => {
    await expect(saveMixture(built(args), mixtral)).rejects.toThrow(message);
  });

  test('what may differ is written into the config', async () => {
    const layer = built({ gate: topK({ k: 3, useBias: false, renormalize: 'beforeDrop' }) });
    const files = await saveMixture(layer, { family: 'olmoe', layer: 0 });
    expect(configIn(files)).toMatchObject({ num_experts: 4, num_experts_per_tok: 3, norm_topk_prob: true });
    await expect(saveMixture(layer, { ...mixtral, layout: 'linear' as never })).rejects.toThrow(
      /layout of mixtral/,
    );
    await expect(saveMixture({} as never, mixtral)).rejects.toThrow(/must be a MixtureOfExperts/);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadMixture, mergeCheckpoint, mergeExperts } from '@tfjs-moe/checkpoints';
import { floatsOf } from '@tfjs-moe/checkpoints/safetensors';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockOf, weightsOf } from '../families/blocks.ts';
import { largestDifference, outputOf, statesOf, writtenModel } from './changed.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('mergeCheckpoint', () => {
  test.each([
    ['olmoe', 'hc-smoe'],
    ['olmoe-fused', 'm-smoe'],
    ['gpt-oss', 'hc-smoe'],
    ['granite-moe', 'hc-smoe'],
  ] as const)('%s by %s: the layer is what mergeExperts makes of it', async (name, by) => {
    const { file, family, config } = await blockOf(name);
    const model = { checkpoint: file, config };
    const done = await mergeCheckpoint(model, { to: 4, by, family, hiddenStates: await statesOf(file) });
    const [{ groups, receipt }] = done.layers as [(typeof done.layers)[0]];
    const input = await file.read('input');
    const layer = await loadMixture(model, { family, layer: 3 });
    const x = tf.tensor2d(floatsOf(input), input.shape as [number, number]);
    const wanted = await mergeExperts(layer, x, { to: 4, by });
    expect(groups).toEqual(wanted.groups);
    const now = await writtenModel(done);
    const found = weightsOf(await loadMixture(now, { family, layer: 3 }));
    for (const [weight, numbers] of Object.entries(weightsOf(wanted.layer)))
      expect(largestDifference(found[weight]!, numbers), weight).toBeLessThan(1e-6);
    const change = largestDifference(await outputOf(model, family, file), await outputOf(now, family, file));
    expect(receipt!.largestChange).toBeCloseTo(change, 4);
  });

  test('without hidden states routers tell who is alike', async () => {
    const { file, family, config } = await blockOf('olmoe');
    const done = await mergeCheckpoint({ checkpoint: file, config }, { to: 6, align: false, family });
    const [{ groups, receipt }] = done.layers as [(typeof done.layers)[0]];
    expect(receipt).toBeUndefined();
    expect(groups.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const { checkpoint } = await writtenModel(done);
    // An expert that is alone in its group is what it was.
    const alone = groups.findIndex((group) => group.length === 1);
    const name = (e: number) => `model.layers.3.mlp.experts.${e}.down_proj.weight`;
    expect((await checkpoint.read(name(alone))).bytes).toEqual(
      (await file.read(name(groups[alone]![0]!))).bytes,
    );
  });

  test('numbers in few bits are refused, with what makes others of them', async () => {
    for (const name of ['gpt-oss-mxfp4', 'deepseek-v3-f8']) {
      const { file, family, config } = await blockOf(name);
      const model = { checkpoint: file, config: { ...config, n_group: 1, topk_group: 1 } };
      await expect(mergeCheckpoint(model, { to: 4, family })).rejects.toThrow(/moe convert, makes it so/);
    }
  });
});

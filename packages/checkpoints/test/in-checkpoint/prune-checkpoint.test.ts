import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { families, loadMixture, pruneCheckpoint } from '@tfjs-moe/checkpoints';
import { tensorData } from '@tfjs-moe/checkpoints/safetensors';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockNames, blockOf, weightsOf } from '../families/blocks.ts';
import { fileOf, largestDifference, outputOf, statesOf, writtenModel } from './changed.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Groups of four experts, of which two can go. */
const configs: Readonly<Record<string, object>> = { 'deepseek-v3': { n_group: 2, topk_group: 1 } };

const state = (name: string) => tensorData(name, 'F32', [1, 8], Array(8).fill(1));

describe('pruneCheckpoint', () => {
  // In 'mixtral' stands the router of another layer, alone; others have the layout of one that is here.
  const left = /^(mixtral|minimax|granite-moe|qwen3-moe)$|v3-f|-moe-fused|lite|olmoe-fused/;
  test.each(blockNames.filter((name) => !left.test(name)))(
    '%s: what stays is what it was, bit for bit, and the receipt is what the layers say',
    async (name) => {
      const block = await blockOf(name);
      const { family, file } = block;
      const config = { ...block.config, ...configs[family], [families[family].keys.experts]: 8 };
      const model = { checkpoint: file, config };
      const done = await pruneCheckpoint(model, {
        ...{ to: 4, family },
        hiddenStates: await statesOf(file),
      });
      const [{ kept, receipt, layer, scores }] = done.layers as [(typeof done.layers)[0]];
      expect([layer, kept.length, scores.length]).toEqual([3, 4, 8]);
      const now = await writtenModel(done);
      // A model of several modes has the config of its text inside.
      const text = (now.config.text_config ?? now.config) as Record<string, unknown>;
      expect(text[families[family].keys.experts]).toBe(4);
      // Loading some experts of a file is another way to the same layer.
      const wanted = await loadMixture(model, { family, layer: 3, experts: kept });
      const found = await loadMixture(now, { family, layer: 3 });
      expect(weightsOf(found)).toEqual(weightsOf(wanted));
      const [before, after] = [await outputOf(model, family, file), await outputOf(now, family, file)];
      const change = largestDifference(before, after);
      expect(receipt!.largestChange).toBeCloseTo(change, 4);
      expect(receipt!.optimiserState).toBe('dropped');
    },
  );

  test('without hidden states routers tell, and what needs them says what to give', async () => {
    const { file, family, config } = await blockOf('olmoe');
    const model = { checkpoint: file, config };
    const done = await pruneCheckpoint(model, { to: 5, family });
    const [{ kept, receipt, scores }] = done.layers as [(typeof done.layers)[0]];
    expect(receipt).toBeUndefined();
    const least = Math.min(...kept.map((e) => scores[e]!));
    expect(scores.filter((_, e) => !kept.includes(e)).every((score) => score <= least)).toBe(true);
    expect((await writtenModel(done)).config.num_experts).toBe(5);
    await expect(pruneCheckpoint(model, { to: 5, by: 'reap', family })).rejects.toThrow(
      /by 'reap' needs hiddenStates: .* layers\.N .*'routerNorm' looks at weights alone/,
    );
    await expect(
      pruneCheckpoint(model, { to: 5, family, hiddenStates: await fileOf([state('layers.7')]) }),
    ).rejects.toThrow(/called layers\.N, and there are none of\. Received: \["layers\.3"\]/);
    await expect(
      pruneCheckpoint(model, {
        ...{ to: 5, family },
        hiddenStates: await fileOf([state('layers.3'), state('other.3')]),
      }),
    ).rejects.toThrow(/one tensor for each layer\. Received: \["layers\.3","other\.3"\]/);
    await expect(pruneCheckpoint(model, { to: 1, family })).rejects.toThrow(/k must be/);
  });

  test('a gate with groups keeps as many in each', async () => {
    const { file, family, config } = await blockOf('deepseek-v3');
    const model = { checkpoint: file, config: { ...config, n_group: 2, topk_group: 1 } };
    const done = await pruneCheckpoint(model, { to: 4, family });
    expect(done.layers[0]!.kept.filter((e) => e < 4)).toHaveLength(2);
    await expect(pruneCheckpoint(model, { to: 5, family })).rejects.toThrow(/a multiple of the 2 groups/);
  });

  test('leaves no tensors behind', async () => {
    const { file, family, config } = await blockOf('olmoe');
    const before = tf.memory().numTensors;
    await pruneCheckpoint(
      { checkpoint: file, config },
      { to: 4, family, hiddenStates: await statesOf(file) },
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

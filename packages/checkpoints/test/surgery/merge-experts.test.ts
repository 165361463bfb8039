import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { mergeExperts } from '@tfjs-moe/checkpoints';
import { topK } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { averageOf, sharesOf } from '../../src/surgery/merge-experts.ts';
import { weightsOf } from '../families/blocks.ts';
import { goldenCase } from '../golden.ts';
import { built, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('mergeExperts', () => {
  test('averages have the golden numbers', () => {
    const { in: given, out } = goldenCase<{
      in: { weights: number[][][]; frequency: number[] };
      out: { merged: number[][] };
    }>('m_smoe_merge');
    const merged = averageOf(
      given.weights.map((each) => each.flat()),
      sharesOf(given.frequency),
    );
    expect([...merged]).toEqual(out.merged.flat());
    expect(sharesOf([0, 0])).toEqual([0.5, 0.5]);
  });

  test.each(['m-smoe', 'hc-smoe'] as const)(
    '%s: experts that differ in the order of their units merge without a change',
    async (by) => {
      const layer = built({ experts: 2, gate: topK({ k: 2 }) });
      for (const weight of layer.weights) {
        const name = weight.originalName;
        const all = weight.read().arraySync() as number[][][];
        if (!name.includes('expert/')) continue;
        const isDown = name.endsWith('kernel_down');
        const order = [3, 0, 4, 1, 2];
        const moved = isDown
          ? order.map((h) => all[0]![h]!)
          : all[0]!.map((row) => order.map((h) => row[h]!));
        weight.write(tf.tensor3d([all[0]!, moved]));
      }
      const {
        receipt,
        groups,
        layer: merged,
      } = await mergeExperts(layer, x(), { to: 1, by, router: 'keep' });
      expect(groups.flat().sort()).toEqual([0, 1]);
      expect(receipt.largestChange).toBeLessThan(1e-5);
      expect(merged.weights[1]!.shape[0]).toBe(2);
    },
  );

  test('the layer has as many experts as groups, or as before', async () => {
    const layer = built();
    const { layer: merged, groups } = await mergeExperts(layer, x(), { to: 3 });
    expect(groups.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(merged.weights[0]!.shape[0]).toBe(3);
    const kept = await mergeExperts(layer, x(), { to: 3, router: 'keep', by: 'm-smoe' });
    const kernels = weightsOf(kept.layer)['expert/kernel_gate']!;
    const size = kernels.length / 6;
    for (const group of kept.groups)
      for (const e of group)
        expect(kernels.slice(e * size, (e + 1) * size)).toEqual(
          kernels.slice(group[0]! * size, (group[0]! + 1) * size),
        );
  });
});

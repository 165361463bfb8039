import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { pruneExperts, removeExperts, saliencyOf } from '@tfjs-moe/checkpoints';
import { topK } from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { goldenCase } from '../golden.ts';
import { built, D, outputOf, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('pruneExperts', () => {
  test('saliencyOf has the golden numbers', () => {
    const { in: given, out } = goldenCase<{
      in: { expert_outputs_ETD: number[][][]; router_logits: number[][]; K: number };
      out: Record<'frequency' | 'reap_renormalised' | 'reap_not_renormalised', number[]> & {
        prune_first: number;
      };
    }>('reap_saliency');
    const softmaxOf = (row: number[]) => {
      const exps = row.map(Math.exp);
      return exps.map((each) => each / exps.reduce((a, b) => a + b));
    };
    const selected = given.router_logits.map((row) => {
      const limit = [...row].sort((a, b) => b - a)[given.K - 1]!;
      return row.map((each) => (each >= limit ? 1 : 0));
    });
    const weights = given.router_logits.map((row, t) => softmaxOf(row).map((p, e) => p * selected[t]![e]!));
    const outputs = given.expert_outputs_ETD.map((each) => each.flat());
    const renormalised = saliencyOf(outputs, weights, selected, true);
    expect(renormalised.frequency).toEqual(out.frequency);
    renormalised.reap.forEach((value, e) => {
      expect(value).toBeCloseTo(out.reap_renormalised[e]!, 12);
    });
    saliencyOf(outputs, weights, selected, false).reap.forEach((value, e) => {
      expect(value).toBeCloseTo(out.reap_not_renormalised[e]!, 12);
    });
    expect(renormalised.reap.indexOf(Math.min(...renormalised.reap))).toBe(out.prune_first);
  });

  test('an expert whose output is nothing goes first, and the pruned layer learns', async () => {
    const layer = built({ gate: topK({ k: 2, renormalize: 'never' }) });
    const down = layer.weights.find(({ originalName }) => originalName.endsWith('kernel_down'))!;
    const numbers = down.read().arraySync() as number[][][];
    numbers[3] = numbers[3]!.map((row) => row.map(() => 0));
    down.write(tf.tensor3d(numbers));
    const { layer: pruned, kept, saliency } = await pruneExperts(layer, x(), { to: 5 });
    expect(kept).toEqual([0, 1, 2, 4, 5]);
    expect(saliency!.reap[3]).toBe(0);
    const model = sequential({ layers: [layers.inputLayer({ inputShape: [D] }), pruned] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const history = await model.fit(x(), tf.zeros([30, D]), { epochs: 5, verbose: 0 });
    expect(history.history.loss!.at(-1)).toBeLessThan(history.history.loss![0] as number);
  });

  test('naee finds the set with the least change of all', async () => {
    const layer = built();
    const found = await pruneExperts(layer, x(), { to: 4, by: 'naee' });
    const changes: number[] = [];
    const norm = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]!));
    const old = outputOf(layer, x());
    for (let a = 0; a < 6; a++)
      for (let b = a + 1; b < 6; b++) {
        const { layer: each } = await removeExperts(layer, [a, b], x());
        changes.push(norm(outputOf(each, x()), old));
      }
    expect(norm(outputOf(found.layer, x()), old)).toBeCloseTo(Math.min(...changes), 4);
    await expect(pruneExperts(built({ experts: 40 }), x(), { to: 20, by: 'naee' })).rejects.toThrow(
      /at most 5000 sets/,
    );
  });

  test('frequency keeps what is used most, and leaves no tensors behind', async () => {
    const layer = built();
    const at = x();
    const first = await pruneExperts(layer, at, { to: 3, by: 'frequency' });
    const { frequency } = first.saliency!;
    expect(frequency.reduce((a, b) => a + b)).toBe(60);
    const [least, most] = [
      Math.min(...first.kept.map((e) => frequency[e]!)),
      frequency.filter((_, e) => !first.kept.includes(e)),
    ];
    expect(least).toBeGreaterThanOrEqual(Math.max(...most));
    const before = tf.memory().numTensors;
    const { layer: again } = await pruneExperts(layer, at, { to: 3, by: 'frequency' });
    expect(tf.memory().numTensors).toBe(before + again.weights.length);
  });
});

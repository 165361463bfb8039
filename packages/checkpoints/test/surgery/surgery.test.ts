import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import {
  addExperts,
  averageCheckpoints,
  distilToDense,
  keepExperts,
  mergeExperts,
  pruneExperts,
  removeExperts,
  saliencyOf,
  upcycle,
  widenExperts,
} from '@tfjs-moe/checkpoints';
import {
  bytesSource,
  floatsOf,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import fc from 'fast-check';
import {
  ffn,
  gatedFfn,
  hierarchical,
  layerExperts,
  lossFree,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  sharedExperts,
  softmax,
  topK,
} from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { assignment } from '../../src/surgery/assignment.ts';
import { averageOf, sharesOf } from '../../src/surgery/merge-experts.ts';
import { weightsOf } from '../families/blocks.ts';
import { goldenCase } from '../golden.ts';

beforeAll(() => tf.setBackend('cpu'));

const D = 4;
const x = () => tf.randomNormal([30, D], 0, 1, 'float32', 11) as tf.Tensor2D;
function built(args: Partial<MixtureOfExpertsArgs> = {}): MixtureOfExperts {
  const layer = mixtureOfExperts({
    experts: 6,
    gate: topK({ k: 2 }),
    expert: gatedFfn({ hiddenUnits: 5 }),
    seed: 4,
    ...args,
  } as MixtureOfExpertsArgs);
  layer.apply(tf.zeros([1, D]));
  for (const [i, weight] of layer.weights.entries())
    weight.write(tf.randomNormal(weight.shape as number[], 0, 0.8, 'float32', i + 1));
  return layer;
}
const outputOf = (layer: MixtureOfExperts, at: tf.Tensor) =>
  tf.tidy(() => [...(layer.apply(at) as tf.Tensor).dataSync()]);
const largest = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('keepExperts, removeExperts and addExperts', () => {
  test('experts that no token was sent to can go without a change', async () => {
    const layer = built({
      gate: lossFree({ gate: topK({ k: 2, selectionBias: true }) }),
      shared: sharedExperts({ expert: ffn({ hiddenUnits: 3 }) }),
    });
    const [, bias] = layer.weights
      .map((weight) => weight.originalName)
      .map((name, i) => [name, i] as const)
      .filter(([name]) => name.endsWith('selection_bias'))[0]!;
    layer.weights[bias]!.write(tf.tensor2d([0, -99, 0, 0, -99, 0], [6, 1]));
    const { layer: smaller, receipt } = await removeExperts(layer, [1, 4], x());
    expect(receipt.largestChange).toBe(0);
    expect(receipt.largestOutput).toBeGreaterThan(0.1);
    expect(receipt).toMatchObject({ tokens: 30, optimiserState: 'dropped' });
    expect(weightsOf(smaller)['gate/selection_bias']).toEqual([0, 0, 0, 0]);
  });

  test('the order of experts is no part of the function', async () => {
    const layer = built();
    expect((await keepExperts(layer, [3, 1, 5, 0, 2, 4], x())).receipt.largestChange).toBeLessThan(1e-6);
  });

  test('the receipt says what both layers say', async () => {
    const layer = built();
    const { layer: smaller, receipt } = await keepExperts(layer, [0, 1, 2], x());
    expect(receipt.largestChange).toBeCloseTo(largest(outputOf(layer, x()), outputOf(smaller, x())), 6);
    expect(receipt.largestChange).toBeGreaterThan(0.01);
  });

  test('copies without noise share what their original had', async () => {
    const layer = built({ gate: softmax() });
    const { layer: larger } = await addExperts(layer, { copiesOf: [2, 2], noise: 0 }, x());
    const kernels = weightsOf(larger)['expert/kernel_up']!;
    const size = kernels.length / 8;
    expect(kernels.slice(6 * size, 7 * size)).toEqual(kernels.slice(2 * size, 3 * size));
    const noisy = await addExperts(layer, { copiesOf: [2] }, x());
    const own = weightsOf(noisy.layer)['expert/kernel_up']!;
    expect(largest(own.slice(6 * size), own.slice(2 * size, 3 * size))).toBeGreaterThan(1e-4);
    expect(own.slice(0, 6 * size)).toEqual(weightsOf(layer)['expert/kernel_up']);
  });

  test('what cannot be is refused', async () => {
    const layer = built();
    await expect(keepExperts(layer, [0, 0], x())).rejects.toThrow(/different numbers/);
    await expect(keepExperts(layer, [6], x())).rejects.toThrow(/experts must be/);
    await expect(keepExperts(layer, [1], x())).rejects.toThrow(/number of experts \(1\)/);
    await expect(addExperts(layer, { copiesOf: [] }, x())).rejects.toThrow(/copiesOf/);
    await expect(keepExperts(built({ gate: hierarchical({ groups: 2 }) }), [0, 1], x())).rejects.toThrow(
      /groups of experts/,
    );
    const own = built({ expert: layerExperts(() => layers.dense({ units: D })) });
    await expect(keepExperts(own, [0, 1], x())).rejects.toThrow(/of one kind, and no layers/);
    await expect(keepExperts({} as never, [0], x())).rejects.toThrow(/must be a MixtureOfExperts/);
  });
});

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

  test('assignment finds the least cost of all orders', () => {
    const orders = (n: number): number[][] =>
      n === 0
        ? [[]]
        : orders(n - 1).flatMap((rest) =>
            Array.from({ length: n }, (_, i) => [...rest.slice(0, i), n - 1, ...rest.slice(i)]),
          );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((n) =>
          fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
            minLength: n,
            maxLength: n,
          }),
        ),
        (costs) => {
          const total = (order: number[]) =>
            order.reduce((sum, column, row) => sum + costs[row]![column]!, 0);
          const found = assignment(costs);
          expect([...found].sort()).toEqual(costs.map((_, i) => i));
          expect(total(found)).toBe(Math.min(...orders(costs.length).map(total)));
        },
      ),
    );
  });
});

describe('widenExperts', () => {
  test.each([
    ['gatedFfn', gatedFfn({ hiddenUnits: 5, useBias: true })],
    ['ffn', ffn({ hiddenUnits: 5, activation: 'tanh' })],
  ])('%s: the function stays', async (_, expert) => {
    const { layer, receipt } = await widenExperts(built({ expert }), 9, x());
    expect(receipt.largestChange).toBeLessThan(1e-5);
    expect(layer.weights.some(({ shape }) => shape.includes(9))).toBe(true);
    await expect(widenExperts(layer, 3, x())).rejects.toThrow(/hiddenUnits must be/);
  });
});

describe('upcycle', () => {
  const dense = (activation: 'relu' | 'swish' | 'tanh', hidden = 8) => {
    const two = [
      layers.dense({ units: hidden, activation, biasInitializer: 'randomNormal' }),
      layers.dense({ units: 3, biasInitializer: 'randomNormal' }),
    ] as const;
    tf.dispose(two[1].apply(two[0].apply(tf.zeros([1, D]))) as tf.Tensor);
    return two;
  };

  test.each([
    ['copies', 'relu', {}],
    ['copies', 'swish', { k: 3 }],
    ['virtualGroups', 'relu', { groups: 2, k: 4 }],
    ['virtualGroups', 'swish', { groups: 2 }],
    ['virtualGroups', 'tanh', { groups: 4 }],
  ] as const)('%s of a network with %s compute what it did', async (method, activation, more) => {
    const { receipt, layer } = await upcycle(dense(activation), x(), { experts: 8, method, ...more });
    expect(receipt.largestChange).toBeLessThan(2e-6);
    expect(receipt.largestOutput).toBeGreaterThan(0.1);
    expect(layer.weights[0]!.shape[0]).toBe(8);
  });

  test('the golden network in virtual groups', async () => {
    const { in: given, out } = goldenCase<{
      in: { x: number[]; w_in: number[][]; w_out: number[][]; G: number };
      out: Record<string, number[]>;
    }>('upcycle_virtual_group');
    for (const [activation, expected] of [
      ['relu', out.dense_relu!],
      ['swish', out.moe_silu_scale_on_output_kernel_only!],
    ] as const) {
      const two = [
        layers.dense({ units: 4, activation, useBias: false }),
        layers.dense({ units: 2, useBias: false }),
      ] as const;
      const at = tf.tensor2d([given.x]);
      tf.dispose(two[1].apply(two[0].apply(at)) as tf.Tensor);
      two[0].setWeights([tf.tensor2d(given.w_in)]);
      two[1].setWeights([tf.tensor2d(given.w_out)]);
      const { layer } = await upcycle(two, at, { experts: 4, method: 'virtualGroups', groups: given.G });
      expect(largest(outputOf(layer, at), expected)).toBeLessThan(1e-6);
    }
  });

  test('dropped units are so many, of the same spread, and others in each expert', async () => {
    const two = dense('relu', 40);
    const { layer, receipt } = await upcycle(two, x(), { experts: 4, method: 'drop', ratio: 0.25 });
    expect(receipt.largestChange).toBeGreaterThan(0.01);
    const [, kernel] = Object.entries(weightsOf(layer)).find(
      ([name, numbers]) => name.includes('expert') && numbers.length === 4 * D * 40,
    )!;
    const old = [...two[0].getWeights()[0]!.dataSync()];
    const changed = Array.from({ length: 4 }, (_, e) =>
      Array.from({ length: 40 }, (_, h) => h).filter((h) =>
        old.some((value, i) => i % 40 === h && kernel[e * D * 40 + i] !== value),
      ),
    );
    for (const each of changed) expect(each.length).toBe(10);
    expect(new Set(changed.map(String)).size).toBe(4);
  });

  test('an upcycled layer learns, and is refused where it could not compute the same', async () => {
    const { layer } = await upcycle(dense('relu'), x(), { experts: 4 });
    const model = sequential({ layers: [layers.inputLayer({ inputShape: [D] }), layer] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const { history } = await model.fit(x(), tf.zeros([30, 3]), { epochs: 5, verbose: 0 });
    expect(history.loss!.at(-1)).toBeLessThan(history.loss![0] as number);
    await expect(upcycle(dense('relu'), x(), { experts: 4, k: 1 })).rejects.toThrow(/k = 1/);
    await expect(upcycle(dense('relu'), x(), { experts: 5, method: 'virtualGroups' })).rejects.toThrow(
      /groups must divide experts \(5\)/,
    );
    await expect(upcycle(dense('relu'), x(), { experts: 4, method: 'virtualGroups', k: 3 })).rejects.toThrow(
      /k must be a multiple/,
    );
    await expect(
      upcycle([layers.dense({ units: 1 }), layers.dense({ units: 1 })], x(), { experts: 4 }),
    ).rejects.toThrow(/two built Dense/);
  });
});

test('distilToDense comes close to the layer, and says how close', async () => {
  const layer = built({ experts: 2, gate: softmax(), expert: ffn({ hiddenUnits: 2 }), units: 1 });
  const { model, receipt } = await distilToDense(layer, x(), { hiddenUnits: 16, epochs: 200 });
  expect(receipt.largestChange).toBeLessThan(receipt.largestOutput / 4);
  const learnt = [...((await (model.predict(x()) as tf.Tensor).data()) as Float32Array)];
  expect(receipt.largestChange).toBeCloseTo(largest(learnt, outputOf(layer, x())), 5);
});

describe('averageCheckpoints', () => {
  const file = (name: string, ...tensors: Parameters<typeof writeSafetensors>[0][]) =>
    openSafetensors(bytesSource(writeSafetensors(tensors.flatMap((each) => [...each])), name));

  test('floats are averaged by their shares, integers kept', async () => {
    const step = tensorData('step', 'I64', [1], [7n]);
    const a = await file('a', [tensorData('w', 'F32', [2], [1, 2]), tensorData('h', 'BF16', [1], [1]), step]);
    const b = await file('b', [
      tensorData('w', 'F32', [2], [5, -2]),
      tensorData('h', 'BF16', [1], [3]),
      step,
    ]);
    const averaged = new Map((await averageCheckpoints([a, b], [3, 1])).map((each) => [each.name, each]));
    expect([...floatsOf(averaged.get('w')!)]).toEqual([2, 1]);
    expect(averaged.get('h')).toMatchObject({ dtype: 'BF16' });
    expect([...floatsOf(averaged.get('h')!)]).toEqual([1.5]);
    expect(averaged.get('step')!.bytes[0]).toBe(7);
  });

  test('all differences are listed', async () => {
    const a = await file('a', [tensorData('w', 'F32', [2], [1, 2]), tensorData('v', 'F32', [1], [1])]);
    const b = await file('b', [tensorData('w', 'F32', [1], [1]), tensorData('u', 'F32', [1], [1])]);
    await expect(averageCheckpoints([a, b])).rejects.toThrow(
      /v is missing in b; u is only in b|w is F32 \[1\] in b/,
    );
    await expect(averageCheckpoints([a, b], [1])).rejects.toThrow(/shares/);
    const [i, j] = [
      await file('i', [tensorData('n', 'I32', [1], [1])]),
      await file('j', [tensorData('n', 'I32', [1], [2])]),
    ];
    await expect(averageCheckpoints([i, j])).rejects.toThrow(/I32 has no average/);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { upcycle } from '@tfjs-moe/checkpoints';
import { beforeAll, describe, expect, test } from 'vitest';
import { weightsOf } from '../families/blocks.ts';
import { goldenCase } from '../golden.ts';
import { D, largest, outputOf, x } from './built.ts';

beforeAll(() => tf.setBackend('cpu'));

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

  test.each([
    ['one layer', [3], 'copies'],
    ['one layer with an activation', [-3], 'copies'],
    ['three layers', [6, 8, 3], 'copies'],
    ['three layers', [6, 8, 3], 'virtualGroups'],
    ['four layers, the last with an activation', [6, 5, 8, -3], 'copies'],
  ] as const)('a network of %s %j by %s computes what it did', async (_, sizes, method) => {
    const network = sizes.map((units, i) =>
      layers.dense({
        units: Math.abs(units),
        ...((i < sizes.length - 1 || units < 0) && { activation: 'swish' }),
        kernelInitializer: initializers.randomNormal({ stddev: 0.7, seed: 5 + i }),
        biasInitializer: initializers.randomNormal({ stddev: 0.7, seed: 15 + i }),
      }),
    );
    tf.dispose(network.reduce((value, each) => each.apply(value) as tf.Tensor, x() as tf.Tensor));
    const { receipt } = await upcycle(network, x(), { experts: 6, method });
    expect(receipt.largestChange).toBeLessThan(2e-6);
    expect(receipt.largestOutput).toBeGreaterThan(0.1);
    if (sizes.length > 1) {
      const drop = await upcycle(network, x(), { experts: 6, method: 'drop' });
      expect(drop.receipt.largestChange).toBeGreaterThan(0.01);
    } else
      await expect(upcycle(network, x(), { experts: 6, method: 'drop' })).rejects.toThrow(/no hidden units/);
    if (sizes.at(-1)! < 0 && sizes.length > 1)
      await expect(upcycle(network, x(), { experts: 6, method: 'virtualGroups' })).rejects.toThrow(
        /last layer has no activation/,
      );
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
    ).rejects.toThrow(/list of built Dense/);
  });
});

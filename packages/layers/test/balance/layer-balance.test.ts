import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { defineBalanceLoss as defineInCore } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
// Not by the index, which has everything.
import { mixtureOfExperts } from '../../src/mixture-of-experts.ts';

const two = defineInCore('layerBalanceTwo', () => ({
  config: {},
  weight: 1,
  value: (ops) => ops.constant(2),
}));
const layerWith = (balance: Parameters<typeof mixtureOfExperts>[0]['balance']) =>
  mixtureOfExperts({
    experts: 2,
    gate: softmax(),
    expert: linear(),
    name: 'mixture',
    ...(balance && { balance }),
  });

test('what runs losses comes with the first of them, whoever defined the others', async () => {
  expect(() => layerWith([])).not.toThrow();
  expect(() => layerWith([two()])).toThrow(
    '[tfjs-moe] mixture: what runs balance losses has to be imported: the built-in ones, and defineBalanceLoss of @tfjs-moe/layers',
  );
  await import('../../src/losses/z-loss.ts');
  const layer = layerWith([two()]);
  tf.tidy(() => {
    layer.apply(tf.ones([3, 1]), { training: true });
    expect(layer.calculateLosses().map((loss) => loss.dataSync()[0])).toEqual([2]);
  });
});

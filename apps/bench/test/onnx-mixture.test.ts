import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { expect, test } from 'vitest';
import { onnxMixture } from '../src/onnx-mixture.ts';

const runtime = await import('onnxruntime-node').then(
  ({ default: found }) => found,
  () => undefined,
);

const one = test.skipIf(runtime === undefined);

one.each([1, 2])('onnxruntime computes from the file what the layer of top-%i computes', async (K) => {
  await tf.setBackend('cpu');
  const sizes = { T: 5, D: 8, H: 12, E: 4, K };
  const layer = mixtureOfExperts({
    ...{ experts: sizes.E, gate: topK({ k: sizes.K }), units: sizes.D, seed: 1 },
    expert: ffn({ hiddenUnits: sizes.H, biasInitializer: 'randomNormal' }),
  });
  const x = tf.randomNormal([sizes.T, sizes.D], 0, 1, 'float32', 1);
  const expected = (layer.apply(x) as tf.Tensor).dataSync();
  const session = await runtime!.InferenceSession.create(onnxMixture(layer, sizes));
  const input = new runtime!.Tensor('float32', x.dataSync() as Float32Array, [sizes.T, sizes.D]);
  const { y } = await session.run({ x: input });
  expected.forEach((value, i) => {
    expect(Math.abs((y!.data[i] as number) - value)).toBeLessThan(1e-5);
  });
});

import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import * as tfLayers from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { beforeAll, expect, test, vi } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';
import './backends.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const moe = () =>
  mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: linear(), inputShape: [3], name: 'moe' });

/** A package loaded a second time, as when npm installs two versions of it. */
function secondCopy<T>(name: string): T {
  const require = createRequire(import.meta.url);
  const entry = require.resolve(name);
  const { [entry]: first } = require.cache;
  delete require.cache[entry];
  const copy = require(name) as T;
  if (first !== undefined) require.cache[entry] = first;
  return copy;
}

test('a model of another copy of tfjs-layers is told that there are two, and how to mend it', () => {
  const other = secondCopy<typeof tfLayers>('@tensorflow/tfjs-layers');
  expect(other.SymbolicTensor).not.toBe(tfLayers.SymbolicTensor);
  const message =
    /^\[tfjs-moe\] moe: its input belongs to a second copy of TensorFlow\.js\. .* npm install @tensorflow\/tfjs@4\.\d+\.\d+ /;
  expect(() => other.sequential({ layers: [moe() as never] })).toThrow(message);
  expect(() => moe().apply(other.input({ shape: [3] }) as never)).toThrow(message);
  expect(tfLayers.sequential({ layers: [moe()] }).outputShape).toEqual([null, 3]);
});

test('a tensor of another copy of tfjs-core is taken, with one warning', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const other = secondCopy<typeof tf>('@tensorflow/tfjs-core');
  said.mockClear();
  const layer = moe();
  const x = tf.ones([2, 3]);
  const expected = layer.apply(x) as tf.Tensor;
  expect(said).not.toHaveBeenCalled();
  layer.apply(tf.variable(x));
  expect(said).not.toHaveBeenCalled();
  const foreign = new other.Tensor([2, 3], 'float32', x.dataId, x.id) as tf.Tensor;
  for (let i = 0; i < 2; i++) {
    const y = layer.apply(foreign) as tf.Tensor;
    expect(y.dataSync()).toEqual(expected.dataSync());
  }
  expect(said.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^\[tfjs-moe\] moe: its input is a tensor of a second copy of TensorFlow\.js\. One program/,
      ),
    ],
  ]);
});

import * as tf from '@tensorflow/tfjs-core';
import { input, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { stream } from '@tfjs-moe/core';
import { assertNothingKept, centralDifferences } from '@tfjs-moe/layers/testing';
import { describe, expect, test } from 'vitest';
import { rmsNorm } from '../src/index.ts';
import { normed, rowsOf } from './arrays.ts';
import { onBackends } from './on-backends.ts';
import { reloaded } from './saved.ts';

const random = stream(3, 'rmsNorm');
const numbers = (size: number) => Float64Array.from({ length: size }, () => Math.fround(random.normal()));
const [x, scale, towards] = [numbers(2 * 3 * 4), numbers(4), numbers(2 * 3 * 4)];
const tensorOf = (values: ArrayLike<number>) => tf.tensor3d(Float32Array.from(values), [2, 3, 4]);

function layerOf(epsilon = 0.1) {
  const layer = rmsNorm({ epsilon });
  layer.build([null, 3, 4]);
  layer.setWeights([tf.tensor1d(Float32Array.from(scale))]);
  return layer;
}

const oracle = (values: ArrayLike<number>, by: ArrayLike<number>) =>
  rowsOf(values, 4).flatMap((row) => normed(row, Array.from(by), 0.1));

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(1e-5);
}

onBackends(() => {
  test('is what plain arrays say', () => {
    expectNear((layerOf().apply(tensorOf(x)) as tf.Tensor).dataSync(), oracle(x, scale));
  });

  test('its gradients are those of central differences', () => {
    const layer = layerOf();
    const score = (values: tf.Tensor) =>
      tf.sum(tf.mul(layer.apply(values) as tf.Tensor, tensorOf(towards))) as tf.Scalar;
    const scored = (values: ArrayLike<number>, by: ArrayLike<number>) =>
      oracle(values, by).reduce((sum, value, i) => sum + value * towards[i]!, 0);
    const [moved, turned] = [x.slice(), scale.slice()];
    expectNear(
      tf.grad(score)(tensorOf(x)).dataSync(),
      centralDifferences(() => scored(moved, scale), moved),
    );
    const { grads } = tf.variableGrads(() => score(tensorOf(x)));
    const [ofScale] = Object.values(grads).filter(({ shape }) => shape.length === 1 && shape[0] === 4);
    expectNear(
      ofScale!.dataSync(),
      centralDifferences(() => scored(x, turned), turned),
    );
  });

  test('NaN in padding reaches neither the output nor any gradient', () => {
    const layer = layerOf();
    const holes = x.map((value, i) => (Math.floor(i / 4) % 3 === 2 ? Number.NaN : value));
    const mask = tf.tensor2d([1, 1, 0, 1, 1, 0], [2, 3]);
    const apply = (values: tf.Tensor) => layer.apply(values, { mask }) as tf.Tensor;
    expect(rowsOf(apply(tensorOf(holes)).dataSync(), 4)[2]!.every((value) => Math.abs(value) === 0)).toBe(
      true,
    );
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.square(apply(tensorOf(holes)))) as tf.Scalar,
      [layer.trainableWeights[0]!.read() as tf.Variable],
    );
    expect(value.dataSync()[0]).toBeGreaterThan(0);
    expect(Object.values(grads)[0]!.dataSync().every(Number.isFinite)).toBe(true);
  });

  test('nothing stays in memory', () => {
    const layer = layerOf();
    assertNothingKept('a call and a gradient', () => {
      tf.tidy(() => void tf.grad((values) => tf.sum(layer.apply(values) as tf.Tensor))(tensorOf(x)));
    });
  });
});

describe('rmsNorm', () => {
  test('comes back from a file', async () => {
    const inputs = input({ shape: [null, 4] });
    const built = model({ inputs, outputs: rmsNorm({ epsilon: 0.1 }).apply(inputs) as SymbolicTensor });
    const loaded = await reloaded(built);
    const [a, b] = [built, loaded].map((each) => (each.predict(tensorOf(x)) as tf.Tensor).dataSync());
    expect(a).toEqual(b);
  });

  test('zeros stay zeros', () => {
    expect((rmsNorm().apply(tf.zeros([1, 2])) as tf.Tensor).dataSync()).toEqual(new Float32Array(2));
  });

  test('refuses what it cannot do', () => {
    expect(() => rmsNorm({ epsilon: 0 })).toThrow('epsilon must be a finite number above 0. Received: 0');
    expect(() => rmsNorm({ eps: 1 } as never)).toThrow('eps');
  });
});

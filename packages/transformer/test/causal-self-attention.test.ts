import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { stream } from '@tfjs-moe/core';
import { assertNothingKept, centralDifferences } from '@tfjs-moe/layers/testing';
import { describe, expect, test } from 'vitest';
import { type CausalSelfAttention, causalSelfAttention, type Positions } from '../src/index.ts';
import { type AttentionWeights, attended, rowsOf } from './arrays.ts';
import { onBackends } from './on-backends.ts';
import { reloaded } from './saved.ts';

const [BATCH, TOKENS, FEATURES, HEADS] = [2, 5, 6, 2];

function drawn(size: number, path: string): Float64Array {
  const random = stream(7, path);
  return Float64Array.from({ length: size }, () => Math.fround(random.normal()));
}

const x = drawn(BATCH * TOKENS * FEATURES, 'x');

function layerWith(positions: Positions, weights: readonly Float64Array[]): CausalSelfAttention {
  const layer = causalSelfAttention({ heads: HEADS, positions });
  layer.build([null, TOKENS, FEATURES]);
  const tensors = weights.map((values) => tf.tensor2d(Float32Array.from(values), [FEATURES, FEATURES]));
  layer.setWeights(tensors);
  tf.dispose(tensors);
  return layer;
}

const kernels = ['query', 'key', 'value', 'output'].map((name) => drawn(FEATURES * FEATURES, name));

function oracle(
  values: ArrayLike<number>,
  weights: readonly Float64Array[],
  linear: boolean,
  valid?: boolean[][],
): number[] {
  const [query, key, value, output] = weights.map((kernel) => rowsOf(kernel, FEATURES));
  const all = rowsOf(values, FEATURES);
  return Array.from({ length: BATCH }, (_, b) => {
    const sequence = all.slice(b * TOKENS, (b + 1) * TOKENS);
    return attended(sequence, { query, key, value, output } as AttentionWeights, HEADS, linear, valid?.[b]);
  }).flat(2);
}

const tensorOf = (values: ArrayLike<number>) =>
  tf.tensor3d(Float32Array.from(values), [BATCH, TOKENS, FEATURES]);

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const most = Math.max(...Array.from(expected, Math.abs), 1);
  const off = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(off).toBeLessThanOrEqual(tolerance * most);
}

const towards = drawn(x.length, 'towards');

/** Slopes of the sum of the outputs times `towards`: to the input, then to each kernel. */
function slopesOf(linear: boolean): Float64Array[] {
  const [input, ...weights] = [x, ...kernels].map((values) => values.slice()) as [
    Float64Array,
    ...Float64Array[],
  ];
  const scored = () => oracle(input, weights, linear).reduce((sum, value, i) => sum + value * towards[i]!, 0);
  return [input, ...weights].map((values) => centralDifferences(scored, values));
}

const slopes = { linear: slopesOf(true), none: slopesOf(false) };

onBackends(() => {
  describe.each(['linear', 'none'] as const)('positions: %s', (positions) => {
    test('is what plain arrays say', () => {
      const layer = layerWith(positions, kernels);
      expectNear(
        (layer.apply(tensorOf(x)) as tf.Tensor).dataSync(),
        oracle(x, kernels, positions === 'linear'),
      );
    });

    test('its gradients are those of central differences', () => {
      const layer = layerWith(positions, kernels);
      const score = (values: tf.Tensor) =>
        tf.sum(tf.mul(layer.apply(values) as tf.Tensor, tensorOf(towards))) as tf.Scalar;
      const [ofInput, ...ofKernels] = slopes[positions];
      expectNear(tf.grad(score)(tensorOf(x)).dataSync(), ofInput!, 1e-4);
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => score(tensorOf(x)), variables);
      variables.forEach(({ name }, i) => {
        expectNear(grads[name]!.dataSync(), ofKernels[i]!, 1e-4);
      });
    });
  });

  test('what comes later changes nothing before it', () => {
    const layer = layerWith('linear', kernels);
    const later = x.map((value, i) => (Math.floor(i / FEATURES) % TOKENS >= 3 ? -3 * value : value));
    const [a, b] = [x, later].map((values) =>
      rowsOf((layer.apply(tensorOf(values)) as tf.Tensor).dataSync(), FEATURES),
    );
    for (const row of [0, 1, 2, 5, 6, 7]) expectNear(a![row]!, b![row]!, 1e-6);
    expect(a![3]).not.toEqual(b![3]);
  });

  test('padding is seen by nobody, whatever stands there, is 0 itself and gets no gradient', () => {
    const layer = layerWith('linear', kernels);
    const valid = [
      [true, true, true, false, false],
      [false, true, false, true, true],
    ];
    const mask = tf.tensor2d(valid.flat().map(Number), [BATCH, TOKENS]);
    const withNaN = x.map((value, i) => (valid.flat()[Math.floor(i / FEATURES)] ? value : Number.NaN));
    const apply = (input: tf.Tensor) => layer.apply(input, { mask }) as tf.Tensor;
    expectNear(apply(tensorOf(withNaN)).dataSync(), oracle(x, kernels, true, valid));
    const slope = rowsOf(
      tf
        .grad((input) => tf.sum(tf.square(apply(input))))(tensorOf(withNaN))
        .dataSync(),
      FEATURES,
    );
    valid.flat().forEach((counts, row) => {
      if (counts) expect(slope[row]!.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
      else expect(slope[row]!.every((value) => Math.abs(value) === 0)).toBe(true);
    });
  });

  test('nothing stays in memory', () => {
    const layer = layerWith('linear', kernels);
    assertNothingKept('a call and a gradient', () => {
      tf.tidy(() => void tf.grad((input) => tf.sum(layer.apply(input) as tf.Tensor))(tensorOf(x)));
    });
  });
});

describe('causalSelfAttention', () => {
  const build = () => {
    const inputs = input({ shape: [null, FEATURES] });
    return model({
      inputs,
      outputs: causalSelfAttention({ heads: 3, positions: 'none', seed: 5 }).apply(inputs) as SymbolicTensor,
    });
  };

  test('comes back from a file, for sequences of any length', async () => {
    const built = build();
    const loaded = await reloaded(built);
    for (const tokens of [1, 7]) {
      const values = tf.randomNormal([2, tokens, FEATURES], 0, 1, 'float32', 3);
      const [a, b] = [built, loaded].map((each) => (each.predict(values) as tf.Tensor).dataSync());
      expect(a).toEqual(b);
    }
    expect(loaded.layers[1]!.getConfig()).toMatchObject({ heads: 3, positions: 'none', seed: 5 });
  });

  test('starts from its seed', () => {
    const [a, b] = [build(), build()].map((each) => each.getWeights().map((weight) => weight.dataSync()));
    expect(a).toEqual(b);
    expect(a![0]).not.toEqual(a![1]);
  });

  test('takes the mask of an embedding through a residual sum', () => {
    const tokens = input({ shape: [4] });
    const embedded = layers.embedding({ inputDim: 5, outputDim: FEATURES, maskZero: true }).apply(tokens);
    const attention = causalSelfAttention({ heads: 2 });
    const summed = layers
      .add()
      .apply([embedded as SymbolicTensor, attention.apply(embedded) as SymbolicTensor]);
    const twice = causalSelfAttention({ heads: 2 }).apply(summed) as SymbolicTensor;
    const output = model({ inputs: tokens, outputs: twice }).predict(
      tf.tensor2d([[1, 2, 0, 0]]),
    ) as tf.Tensor;
    const rows = rowsOf(output.dataSync(), FEATURES);
    expect(rows[1]!.every((value) => value !== 0)).toBe(true);
    expect(
      rows
        .slice(2)
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  });

  test('integers are numbers, and other types are refused by name', () => {
    const layer = causalSelfAttention({ heads: 1, name: 'mine' });
    const ints = tf.tensor3d([1, 2, 3, 4], [1, 2, 2], 'int32');
    expect((layer.apply(ints) as tf.Tensor).dataSync()).toEqual(
      (layer.apply(tf.cast(ints, 'float32')) as tf.Tensor).dataSync(),
    );
    const words = tf.tensor3d(['a', 'b'], [1, 1, 2]);
    expect(() => layer.apply(words)).toThrow(
      '[tfjs-moe] mine: the input must be of float32, int32 or bool. Received',
    );
  });

  test('refuses what it cannot do', () => {
    expect(() => causalSelfAttention({ heads: 0 })).toThrow('heads must be an integer');
    expect(() => causalSelfAttention({ heads: 2, head: 3 } as never)).toThrow('head');
    expect(() => causalSelfAttention({ heads: 2, positions: 'rotary' as never })).toThrow(
      'positions must be',
    );
    expect(() => causalSelfAttention({ heads: 4 }).apply(tf.zeros([1, 2, 6]))).toThrow(
      'heads must divide the features (6). Received: 4',
    );
    expect(() => causalSelfAttention({ heads: 2 }).apply(tf.zeros([2, 6]))).toThrow(
      '[batch, tokens, features]',
    );
    const masked = () =>
      causalSelfAttention({ heads: 2 }).apply(tf.zeros([1, 2, 6]), { mask: tf.ones([1, 3]) });
    expect(masked).toThrow('the mask must have the axes [1, 2] of the input. Received: [1,3]');
  });
});

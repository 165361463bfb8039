import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { register, unregister } from '../../src/index.ts';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

const dtype = fc.constantFrom<'float32' | 'int32' | 'bool'>('float32', 'float32', 'int32', 'bool');
const anyShape = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

function counted(shape: number[], type: 'float32' | 'int32' | 'bool'): tf.Tensor {
  return tf.tidy(() => {
    const x = tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape);
    return type === 'bool' ? tf.equal(tf.mod(x, 3), 0) : tf.cast(x, type);
  });
}

function joined(parts: tf.Tensor[]): tf.Tensor {
  const flat = parts.map((part) => tf.cast(tf.reshape(part, [part.size]), 'float32'));
  return tf.concat1d([...flat, ...parts.map((part) => tf.tensor1d(part.shape))] as tf.Tensor1D[]);
}

test('slices equal those of tfjs', () => {
  const anySlice = anyShape.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype,
      bounds: fc.tuple(
        ...shape.map((size) =>
          fc
            .tuple(fc.nat({ max: size }), fc.nat({ max: size }))
            .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]),
        ),
      ),
    }),
  );
  fc.assert(
    fc.property(anySlice, ({ shape, dtype, bounds }) => {
      const x = counted(shape, dtype);
      const begin = bounds.map(([from]) => from!);
      const size = bounds.map(([from, to]) => to! - from!);
      if (!size.includes(0)) expectLikeStock(() => tf.slice(x, begin, size), 0);
      else expect(tf.tidy(() => tf.slice(x, begin, size).shape)).toEqual(size);
      x.dispose();
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('splits and unstacked tensors equal those of tfjs', () => {
  const anySplit = anyShape.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype,
      axis: fc.nat({ max: shape.length - 1 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(anySplit, ({ shape, dtype, axis, at }) => {
      const x = counted(shape, dtype);
      const length = shape[axis]!;
      const first = Math.round(at * length);
      expectLikeStock(() => joined(tf.unstack(x, axis - shape.length)), 0);
      if (first > 0 && first < length)
        expectLikeStock(() => joined(tf.split(x, [first, length - first], axis)), 0);
      expectLikeStock(() => joined(tf.split(x, length, axis)), 0);
      x.dispose();
    }),
    { numRuns: 300, seed: 2 },
  );
});

// Against the definition, because the stock kernel leaves all batches but the first undefined.
test('gathers along any axis, in batches too', () => {
  const anyGather = anyShape.chain((shape) =>
    fc.nat({ max: shape.length - 1 }).chain((axis) =>
      fc.record({
        shape: fc.constant(shape),
        dtype,
        axis: fc.constant(axis),
        batchDims: fc.nat({ max: axis }),
        more: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
        seed: fc.nat({ max: 1000 }),
      }),
    ),
  );
  fc.assert(
    fc.property(anyGather, ({ shape, dtype, axis, batchDims, more, seed }) => {
      const size = (from: number, to?: number) => tf.util.sizeFromShape(shape.slice(from, to));
      const [batches, outer, inner] = [size(0, batchDims), size(batchDims, axis), size(axis + 1)];
      const length = shape[axis]!;
      const rows = tf.util.sizeFromShape(more);
      const index = Int32Array.from({ length: batches * rows }, (_, i) => (i * 7 + seed) % length);
      tf.tidy(() => {
        const x = counted(shape, dtype);
        const y = tf.gather(
          x,
          tf.tensor(index, [...shape.slice(0, batchDims), ...more], 'int32'),
          axis,
          batchDims,
        );
        expect(y.shape).toEqual([...shape.slice(0, axis), ...more, ...shape.slice(axis + 1)]);
        const values = x.dataSync();
        const expected = Array.from({ length: y.size }, (_, i) => {
          const [s, row, block] = [i % inner, Math.floor(i / inner) % rows, Math.floor(i / inner / rows)];
          const picked = index[Math.floor(block / outer) * rows + row]!;
          return values[(block * length + picked) * inner + s];
        });
        expect(Array.from(y.dataSync())).toEqual(expected);
      });
    }),
    { numRuns: 1000, seed: 3 },
  );
});

test.each([-1, 3])('the index %i is out of range, as in tfjs', (index) => {
  expect(() => tf.tidy(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([index], 'int32')))).toThrow(
    /not in \[0, 2\]/,
  );
});

test('transposed tensors equal those of tfjs', () => {
  const sides = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(17, 33)), {
    minLength: 1,
    maxLength: 4,
  });
  const many = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 });
  const anyPermutation = fc
    .oneof({ weight: 3, arbitrary: sides }, { weight: 1, arbitrary: many })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype,
        perm: fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
      }),
    );
  fc.assert(
    fc.property(anyPermutation, ({ shape, dtype, perm }) => {
      const x = counted(shape, dtype);
      expectLikeStock(() => tf.transpose(x, perm), 0);
      x.dispose();
    }),
    { numRuns: 1000, seed: 4 },
  );
});

test('concatenated tensors equal those of tfjs', () => {
  const anyConcat = anyShape.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype,
      axis: fc.nat({ max: shape.length - 1 }),
      lengths: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
    }),
  );
  fc.assert(
    fc.property(anyConcat, ({ shape, dtype, axis, lengths }) => {
      const parts = lengths.map((length) =>
        counted(
          shape.map((size, i) => (i === axis ? length : size)),
          dtype,
        ),
      );
      if (lengths.some((length) => length > 0)) expectLikeStock(() => tf.concat(parts, axis), 0);
      tf.dispose(parts);
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('repeated tensors equal those of tfjs, and so do their gradients', () => {
  const anyTile = fc
    .array(fc.record({ size: fc.integer({ min: 1, max: 4 }), reps: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((axes) => fc.record({ axes: fc.constant(axes), dtype }));
  fc.assert(
    fc.property(anyTile, ({ axes, dtype }) => {
      const x = counted(
        axes.map(({ size }) => size),
        dtype,
      );
      const reps = axes.map((axis) => axis.reps);
      expectLikeStock(() => tf.tile(x, reps), 0);
      const slopes = tf.sin(tf.range(0, tf.util.sizeFromShape(reps) * x.size));
      const gradient = () =>
        tf.grad((a) => {
          const y = tf.tile(a, reps);
          return tf.mul(y, tf.reshape(slopes, y.shape));
        })(tf.cast(x, 'float32'));
      if (x.size < 9) expectLikeStock(gradient, 1e-6);
      tf.dispose([x, slopes]);
    }),
    { numRuns: 150, seed: 6 },
  );
});

test('a layer normalisation takes some dozens of kernels, and not thousands', async () => {
  const x = tf.randomNormal([4, 8, 16]);
  const layer = layers.layerNormalization();
  tf.dispose(layer.apply(x) as tf.Tensor);
  const { kernels } = await tf.profile(() => tf.grad((a) => layer.apply(a) as tf.Tensor)(x));
  expect(kernels.length).toBeLessThan(120);
});

test('other backends keep the gradient of tfjs, and so does everybody once the package is gone', async () => {
  const x = tf.tensor2d([[1, 2]]);
  const gradient = () =>
    tf.tidy(() =>
      tf
        .grad((a) => tf.tile(a, [3, 2]))(x)
        .dataSync(),
    );
  expect(gradient()).toEqual(new Float32Array([6, 6]));
  await tf.setBackend('cpu');
  expect(gradient()).toEqual(new Float32Array([6, 6]));
  await tf.setBackend('wasm');
  const own = tf.getGradient('Tile');
  unregister();
  expect(tf.getGradient('Tile')).not.toBe(own);
  expect(gradient()).toEqual(new Float32Array([6, 6]));
  register();
});

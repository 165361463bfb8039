import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { stream } from '@tfjs-moe/core';
import { register, unregister } from '@tfjs-moe/wasm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenOps } from '../../src/interpretation/token-ops.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => {
  register();
});

const anyScore = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.float(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

test('a kernel selects what comparisons select, inside groups too, and the tape lets it be', () => {
  fc.assert(
    fc.property(
      fc.record({
        tokens: fc.integer({ min: 1, max: 5 }),
        groups: fc.integer({ min: 1, max: 3 }),
        size: fc.integer({ min: 1, max: 6 }),
      }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(anyScore),
      ({ tokens, groups, size }, k, scores) => {
        const shape: [number, number, number] = [tokens, groups * size, 1];
        const values = [...scores.take(tokens * groups * size)];
        const select = () =>
          tf.tidy(() => {
            const ops = tokenOps({ random: stream(0) });
            return (groups === 1 ? ops : ops.within(groups))
              .topK(tf.tensor3d(values, shape), k)
              .map((mask) => mask.arraySync());
          });
        unregister();
        const expected = select();
        register();
        expect(select()).toEqual(expected);
      },
    ),
    { numRuns: 150, seed: 1 },
  );
  tf.tidy(() => {
    const gradient = tf.grad((x) => {
      const [mask] = tokenOps({ random: stream(0) }).topK(x, 1) as [tf.Tensor];
      return tf.sum(tf.mul(mask, x));
    });
    expect([...gradient(tf.tensor3d([1, 3, 2], [1, 3, 1])).dataSync()]).toEqual([0, 1, 0]);
  });
});

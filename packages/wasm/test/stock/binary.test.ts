import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, test } from 'vitest';
import { useKernels } from '../kernels.ts';
import { expectLikeStock } from './like-stock.ts';

beforeEach(useKernels);

const operations = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  maximum: tf.maximum,
  minimum: tf.minimum,
};
const values = [1, 2, Number.NaN, -1, Infinity, 0, -Infinity, 2.5, -0];

describe.each(Object.keys(operations) as (keyof typeof operations)[])('%s', (name) => {
  test('equals that of tfjs for any broadcast operands, NaN and infinities among them', () => {
    const anyOperands = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }).chain((shape) => {
      const operand = fc
        .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
        .map(([skip, ones]) => shape.slice(skip).map((size, i) => (ones[i] ? 1 : size)));
      return fc.record({
        a: operand,
        b: operand,
        dtype: fc.constantFrom<'float32' | 'int32'>('float32', 'float32', 'int32'),
      });
    });
    fc.assert(
      fc.property(anyOperands, ({ a, b, dtype }) => {
        const [x, y] = [a, b].map((shape, which) => {
          const size = tf.util.sizeFromShape(shape);
          const numbers = Array.from({ length: size }, (_, i) => values[(i * 5 + which * 2) % 9]!);
          return tf.tidy(() =>
            tf.cast(tf.tensor(dtype === 'int32' ? numbers.map((v) => v | 0) : numbers, shape), dtype),
          );
        }) as [tf.Tensor, tf.Tensor];
        expectLikeStock(() => operations[name](x, y), 0);
        tf.dispose([x, y]);
      }),
      { numRuns: 400, seed: 1 },
    );
  });
});

/** Places where a layer may stand, and masks, where tfjs computes in shaders. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mixtureOfExperts } from '../../src/index.ts';
import { testLayerComposition } from '../../src/testing/index.ts';

const few = ['a model in a model', 'timeDistributed'];
const runner = {
  describe: (name: string, body: () => void) => {
    if (few.some((place) => name.endsWith(place))) describe(name, body);
  },
  test,
};

const starts = await tf.setBackend('webgl').catch(() => false);
describe.skipIf(!starts)('backend webgl', () => {
  beforeAll(async () => {
    await tf.setBackend('webgl');
    await tf.ready();
    tf.env().set('WEBGL_CPU_FORWARD', false);
  });

  testLayerComposition(runner, { gate: topK({ k: 1 }), expert: linear() }, 'top-1', 1e-4);

  test.each(['dense', 'grouped', 'capacity'] as const)(
    'padding is routed nowhere, dispatch %s',
    (dispatch) => {
      const moe = mixtureOfExperts({
        experts: 3,
        gate: topK({ k: 1 }),
        expert: linear(),
        units: 2,
        seed: 1,
        dispatch,
        capacity: dispatch === 'capacity' ? 8 : null,
      });
      const words = tf.tensor2d(
        [
          [3, 1, 4, 0],
          [5, 0, 0, 0],
        ],
        [2, 4],
        'int32',
      );
      const x = input({ shape: [4], dtype: 'int32' });
      const embedding = layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true, trainable: false });
      const h = embedding.apply(x) as SymbolicTensor;
      const whole = functional({ inputs: x, outputs: moe.apply(h) as SymbolicTensor });
      tf.tidy(() => {
        const y = (whole.predict(words) as tf.Tensor3D).arraySync();
        expect(y.map((rows) => rows.map((row) => row.every((value) => value === 0)))).toEqual([
          [false, false, false, true],
          [false, true, true, true],
        ]);
        const padding = tf.cast(tf.equal(words, 0), 'float32');
        const hole = tf.where(tf.greater(padding, 0), tf.fill([2, 4], Number.NaN), tf.ones([2, 4]));
        const embedded = tf.mul(embedding.apply(words) as tf.Tensor, tf.expandDims(hole, -1));
        const masked = moe.apply(embedded, { mask: tf.notEqual(words, 0) }) as tf.Tensor3D;
        masked
          .arraySync()
          .flat(2)
          .forEach((value, i) => {
            expect(value).toBeCloseTo(y.flat(2)[i]!, 5);
          });
      });
    },
  );
});

afterAll(async () => {
  await tf.setBackend('cpu');
});

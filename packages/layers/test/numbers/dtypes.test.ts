import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { type MixtureOfExperts, mixtureOfExperts } from '@tfjs-moe/layers';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onEveryBackend } from '../backends.ts';

const layer = (dispatch: 'auto' | 'dense' | 'grouped' | 'capacity'): MixtureOfExperts =>
  mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 5 }),
    units: 2,
    seed: 3,
    dispatch,
    ...(dispatch === 'capacity' && { capacity: 2 }),
  });

const inputs = {
  int32: () => tf.tensor2d([1, -2, 3, 4, 0, -6, 7, 1, 2], [3, 3], 'int32'),
  bool: () => tf.tensor2d([1, 0, 1, 0, 0, 1, 1, 1, 0], [3, 3], 'bool'),
};
const values = (tensor: tf.Tensor | tf.Tensor[]) => Array.from((tensor as tf.Tensor).dataSync());

function integersAreTheirFloats(): void {
  for (const [dtype, make] of Object.entries(inputs)) {
    test.each(['auto', 'dense', 'grouped', 'capacity'] as const)(
      `${dtype}, dispatch %s: outputs and routing`,
      (dispatch) => {
        tf.tidy(() => {
          const [moe, x] = [layer(dispatch), make()];
          const float = tf.cast(x, 'float32');
          expect(values(moe.apply(x) as tf.Tensor)).toEqual(values(moe.apply(float) as tf.Tensor));
          expect(values(moe.route(x).weights_TE)).toEqual(values(moe.route(float).weights_TE));
          expect(values(moe.apply(x) as tf.Tensor).some((value) => Math.abs(value) > 1e-3)).toBe(true);
        });
      },
    );

    test.each(['auto', 'dense', 'grouped'] as const)(
      `${dtype}, dispatch %s: gradients to the weights`,
      (dispatch) => {
        tf.tidy(() => {
          const [moe, x] = [layer(dispatch), make()];
          moe.build([null, 3]);
          const variables = moe.trainableWeights.map((weight) => weight.read() as tf.Variable);
          const gradients = (given: tf.Tensor) => {
            const loss = () => tf.sum(tf.square(moe.apply(given) as tf.Tensor)) as tf.Scalar;
            const { grads } = tf.variableGrads(loss, variables);
            return Object.values(grads).map((gradient) => values(gradient));
          };
          expect(gradients(x)).toEqual(gradients(tf.cast(x, 'float32')));
        });
      },
    );
  }

  test('a mask of any type is the same mask', () => {
    tf.tidy(() => {
      const [moe, x] = [layer('grouped'), tf.cast(inputs.int32(), 'float32')];
      const masked = (mask: tf.Tensor) => values(moe.route(x, mask).weights_TE);
      const [asFloat, ...others] = (['float32', 'int32', 'bool'] as const).map((dtype) =>
        masked(tf.tensor1d([1, 0, 1], dtype)),
      );
      for (const other of others) expect(other).toEqual(asFloat);
      expect(asFloat).not.toEqual(values(moe.route(x).weights_TE));
    });
  });

  test('a model with an int32 input predicts and trains as with floats', async () => {
    const losses: number[] = [];
    const outputs: number[][] = [];
    for (const dtype of ['int32', 'float32'] as const) {
      const x = input({ shape: [3], dtype });
      const moe = layer('auto');
      const whole: LayersModel = functional({ inputs: x, outputs: moe.apply(x) as never });
      whole.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
      const batch = tf.cast(inputs.int32(), dtype);
      outputs.push(values(whole.predict(batch)));
      losses.push((await whole.trainOnBatch(batch, tf.ones([3, 2]))) as number);
      outputs.push(values(whole.predict(batch)));
      whole.dispose();
    }
    expect(losses[0]).toBe(losses[1]);
    expect(outputs.slice(0, 2)).toEqual(outputs.slice(2));
    expect(outputs[0]).not.toEqual(outputs[1]);
  });
}

onEveryBackend((backend) => {
  beforeAll(() => unregister());
  integersAreTheirFloats();
  if (backend !== 'wasm') return;
  describe('with kernels', () => {
    beforeAll(() => void register());
    afterAll(() => unregister());
    integersAreTheirFloats();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { type Config, getGate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import '@tfjs-moe/gates/register';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';
import { testRefused } from './refused-cases.ts';

onEveryBackend((backend) => {
  testRefused(false);
  if (backend !== 'cpu') return;

  test.each([
    'softmax',
    'sigmoid',
    'temperature',
    'topK',
    'noisyTopK',
    'switchGate',
    'groupLimitedTopK',
    'pointwise',
    'expertChoice',
    'productKeys',
    'dselectK',
    'topP',
    'minP',
    'sparseMixer',
    'hierarchical',
  ] as const)(
    'a sound %s gate is left alone, in training, under every dispatcher, and leaves nothing',
    (kind) => {
      const config = {
        kind,
        ...(kind === 'hierarchical' || kind === 'groupLimitedTopK' ? { groups: 2 } : {}),
      };
      const gate = getGate(config as Config);
      for (const dispatch of ['dense', 'grouped', 'capacity'] as const) {
        const layer = mixtureOfExperts({
          experts: 4,
          gate,
          expert: ffn({ hiddenUnits: 3 }),
          units: 2,
          nonFinite: 'throw',
          dispatch,
          ...(dispatch === 'capacity' && { capacity: 2 }),
        });
        const x = tf.tensor2d(drawnRows(6, 3, 1));
        layer.build([null, 3]);
        const { numTensors } = tf.memory();
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const loss = () => tf.sum(layer.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
        tf.tidy(() => void tf.variableGrads(loss, variables));
        expect(tf.memory().numTensors).toBe(numTensors);
      }
    },
  );
});

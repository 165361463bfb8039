/** Numbers of every type, and numbers that are none, where tfjs computes in shaders. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { testNonFinite } from '../../src/testing/index.ts';
import { integersAreTheirFloats, quantizedWeightsAreTheirFloats } from './dtype-cases.ts';
import { testRefused } from './refused-cases.ts';

const runner = { describe, test };

for (const backend of ['webgl', 'webgpu'] as const) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(`backend ${backend}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
      // Small tensors too, which tfjs would compute with in JavaScript.
      for (const flag of ['WEBGL_CPU_FORWARD', 'WEBGPU_CPU_FORWARD']) tf.env().set(flag, false);
    });
    const isGl = backend === 'webgl';
    integersAreTheirFloats([isGl ? 'grouped' : 'dense']);
    quantizedWeightsAreTheirFloats(['dense']);
    testRefused(!isGl);

    // Everything of one size, since every size is compiled for.
    const sizes = { tokens: 3, inputDim: 2, experts: 2, tolerance: 1e-4, values: [Number.NaN] };
    testNonFinite(
      runner,
      topK({ k: 1, weighting: 'sigmoid', selectionBias: true }),
      ffn({ hiddenUnits: 2 }),
      {
        ...sizes,
        dispatch: [isGl ? 'grouped' : 'capacity'],
      },
    );
    const dense = { ...sizes, dispatch: ['dense'] } as const;
    testNonFinite(runner, sigmoid(), ffn({ hiddenUnits: 2, activation: 'softplus' }), dense);
    if (!isGl) testNonFinite(runner, softmax(), ffn({ hiddenUnits: 2, activation: 'sigmoid' }), dense);
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});

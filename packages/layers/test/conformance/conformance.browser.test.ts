/** Every golden vector that options come to, on the backends that browsers have. */
import '../../src/soft.ts';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { named } from './all.ts';
import { deviationOf } from './conventions.ts';

for (const backend of ['webgl', 'webgpu'] as const) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(backend, () => {
    test.for(named)('%s', async ([, each, i], { task }) => {
      await tf.setBackend(backend);
      const deviation = await deviationOf(each);
      task.meta.conformance = [i, backend, deviation];
      expect(deviation).toBeLessThan(1e-4);
    });
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});

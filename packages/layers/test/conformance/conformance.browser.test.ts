/** Every golden vector that options come to, on the backends that browsers have, and with their kernels. */
import '../../src/soft.ts';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import * as webgl from '@tfjs-moe/webgl';
import * as webgpu from '@tfjs-moe/webgpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { named } from './all.ts';
import { deviationOf } from './conventions.ts';

interface Scopes {
  pushErrorScope(filter: string): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

/** Runs something, and fails where the device says of an error that nothing throws. */
async function soundly<T>(run: () => Promise<T>): Promise<T> {
  const { device } = tf.backend() as unknown as { readonly device?: Scopes };
  device?.pushErrorScope('validation');
  const result = await run();
  expect((await device?.popErrorScope())?.message).toBeUndefined();
  return result;
}

const kernels = { webgl, webgpu };

/** In the quick form the gates that kernels route; `pnpm --filter @tfjs-moe/layers gpu-golden` has all vectors. */
const { VITE_GOLDEN = 'routed' } = (import.meta as { env?: { VITE_GOLDEN?: string } }).env ?? {};
const withKernels =
  VITE_GOLDEN === 'all' ? named : named.filter(([, { option }]) => /^(topK|groupLimitedTopK)\(/.test(option));

for (const backend of ['webgl', 'webgpu'] as const) {
  const starts = await tf.setBackend(backend).catch(() => false);
  kernels[backend].unregister();
  describe.skipIf(!starts)(backend, () => {
    test.for(named)('%s', async ([, each, i], { task }) => {
      await tf.setBackend(backend);
      const deviation = await deviationOf(each);
      task.meta.conformance = [i, backend, deviation];
      expect(deviation).toBeLessThan(1e-4);
    });
  });

  describe.skipIf(!starts)(`${backend} with kernels of its own`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      kernels[backend].register();
      tf.env().set(`${backend.toUpperCase()}_CPU_FORWARD`, false);
    });
    afterAll(() => {
      kernels[backend].unregister();
      tf.env().set(`${backend.toUpperCase()}_CPU_FORWARD`, true);
    });
    test.for(withKernels)('%s', async ([, each]) => {
      expect(await soundly(() => deviationOf(each))).toBeLessThan(1e-4);
    });
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});

import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// @ts-expect-error Vite resolves the address of an asset.
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { ffn, gatedFfn } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature, topK } from '@tfjs-moe/gates';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerExperts, mixtureOfExperts, switchLoss } from '../src/index.ts';
import { testLayerGradients, testLayerLife } from '../src/testing/index.ts';

const runner = { describe, test };
// The backend wants to know all three of its builds, though only one of them is loaded.
setWasmPaths({
  'tfjs-backend-wasm.wasm': wasmUrl,
  'tfjs-backend-wasm-simd.wasm': wasmUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmUrl,
});

// The software adapter of a headless Chromium has no memory to map synchronously, and grouped dispatch needs that.
const without = { webgpu: ['dense', 'capacity'], webgl: ['dense', 'capacity', 'grouped'] } as const;

for (const backend of ['cpu', 'wasm', 'webgl', 'webgpu'] as const) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(`backend ${backend}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
    });
    const dispatch = backend === 'webgpu' || backend === 'webgl' ? without[backend] : undefined;
    const options = {
      ...(dispatch ? { dispatch } : {}),
      tolerance: backend === 'webgpu' || backend === 'webgl' ? 1e-4 : 1e-5,
    };
    testLayerGradients(runner, topK({ k: 2 }), ffn({ hiddenUnits: 4, activation: 'gelu' }), options);
    testLayerGradients(runner, topK({ k: 2 }), gatedFfn({ hiddenUnits: 4 }), {
      ...options,
      mask: [1, 0, 1, 1, 0, 1, 1],
    });
    testLayerGradients(
      runner,
      temperature({ threshold: 0.1 }),
      ffn({ hiddenUnits: 4, activation: 'tanh' }),
      options,
    );
    testLayerGradients(
      runner,
      hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }),
      ffn({ hiddenUnits: 4 }),
      options,
    );
    testLayerLife(
      runner,
      { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), balance: [switchLoss()] },
      'auto',
    );
    testLayerLife(
      runner,
      { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), capacity: { factor: 1.25 } },
      'capacity',
    );

    test('convolutions as experts compute what they compute on cpu', async () => {
      const expert = layerExperts(
        () =>
          layers.conv2d({
            filters: 2,
            kernelSize: 2,
            kernelInitializer: initializers.randomNormal({ seed: 1 }),
          }),
        { tokens: 'samples', pooling: 'max' },
      );
      const computed = async () => {
        const made = mixtureOfExperts({
          experts: 3,
          gate: topK({ k: 2 }),
          expert,
          dispatch: dispatch?.[0] ?? 'auto',
          seed: 1,
        });
        const y = made.apply(tf.randomNormal([4, 3, 3, 2], 0, 1, 'float32', 5)) as tf.Tensor;
        return Array.from(await y.data());
      };
      const own = await computed();
      await tf.setBackend('cpu');
      const expected = await computed();
      await tf.setBackend(backend);
      own.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 4);
      });
    });
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseDispatcher, type DispatchRequest } from '../../src/dispatch/auto.ts';
import { layerExperts, mixtureOfExperts } from '../../src/index.ts';

const request: DispatchRequest = {
  name: 'auto',
  tokens: 256,
  experts: 8,
  expertsPerToken: 2,
  parameters: 33_000,
  capacityOf: undefined,
};
const chosen = (changes: Partial<DispatchRequest> = {}) => chooseDispatcher({ ...request, ...changes }).name;

/** 17 parameters: experts that cost less than to be reached. */
const tiny = { parameters: 17 };
const capacityOf = () => 40;

const dense = { expertsPerToken: 8 };

describe.each([
  { backend: 'cpu', kernels: false },
  { backend: 'wasm', kernels: false },
  { backend: 'wasm', kernels: true },
])('$backend, kernels: $kernels', ({ backend, kernels }) => {
  beforeAll(async () => {
    if (kernels) register();
    else unregister();
    await tf.setBackend(backend);
  });
  afterAll(() => {
    register();
  });

  test('what is asked for by name is used, whatever the sizes', () => {
    for (const sizes of [{}, tiny, dense]) {
      expect(chosen({ ...sizes, name: 'dense' })).toBe('dense');
      expect(chosen({ ...sizes, name: 'grouped' })).toBe('grouped');
      expect(chosen({ ...sizes, name: 'capacity', capacityOf })).toBe('capacity');
    }
  });

  test('large experts are grouped; a gate that selects all of them has nothing to group', () => {
    expect(chosen()).toBe('grouped');
    expect(chosen(dense)).toBe('dense');
    expect(chosen({ capacityOf })).toBe('dropping');
    expect(chosen({ ...dense, capacityOf })).toBe('capacity');
  });

  test('tiny experts are grouped where kernels make it cheap', () => {
    expect(chosen({ ...tiny, tokens: 32 })).toBe(kernels ? 'grouped' : 'dense');
    expect(chosen({ ...tiny, tokens: 32, capacityOf })).toBe(kernels ? 'dropping' : 'capacity');
  });
});

test('on cpu, many tokens make up for what grouping costs a batch; on wasm without kernels, only larger experts do', async () => {
  unregister();
  const tokens = 100_000;
  await tf.setBackend('cpu');
  expect(chosen({ ...tiny, tokens })).toBe('grouped');
  await tf.setBackend('wasm');
  expect(chosen({ ...tiny, tokens })).toBe('dense');
  expect(chosen({ tokens: 1 })).toBe('grouped');
  register();
});

test('the layer counts what an expert learns, for experts of either form', async () => {
  await tf.setBackend('cpu');
  const x = tf.ones([4, 6]);
  const options = { experts: 4, gate: topK({ k: 1 }), units: 3, seed: 1 };
  const counted = (layer: ReturnType<typeof mixtureOfExperts>) => {
    tf.dispose(layer.apply(x) as tf.Tensor);
    const { bank } = layer as unknown as { bank: { parametersPerExpert(): number } };
    layer.dispose();
    return bank.parametersPerExpert();
  };
  expect(counted(mixtureOfExperts({ ...options, expert: ffn({ hiddenUnits: 5 }) }))).toBe(
    6 * 5 + 5 + 5 * 3 + 3,
  );
  expect(counted(mixtureOfExperts({ ...options, expert: linear() }))).toBe(6 * 3 + 3);
  expect(
    counted(
      mixtureOfExperts({
        ...options,
        expert: layerExperts((e) => layers.dense({ units: 3, useBias: e < 2 })),
      }),
    ),
  ).toBe(6 * 3 + 1.5);
  x.dispose();
});

test.each(['cpu', 'wasm'])(
  'a capacity gives the same output by buffers and by itself on %s',
  async (backend) => {
    register();
    await tf.setBackend(backend);
    const x = tf.randomNormal([64, 6], 0, 1, 'float32', 3);
    for (const gate of [topK({ k: 2 }), topK({ k: 2, renormalize: 'afterDrop' }), softmax()]) {
      const [auto, buffers] = (['auto', 'capacity'] as const).map((dispatch) => {
        const layer = mixtureOfExperts({
          experts: 4,
          gate,
          expert: ffn({ hiddenUnits: 32 }),
          units: 3,
          capacity: { factor: 0.75 },
          dispatch,
          seed: 1,
        });
        const values = (layer.apply(x) as tf.Tensor).dataSync();
        const dropped = layer.routingMetrics?.droppedFraction ?? 0;
        layer.dispose();
        return { values, dropped };
      });
      expect(auto?.dropped).toBe(buffers?.dropped);
      expect(auto?.dropped).toBeGreaterThan(0);
      auto?.values.forEach((value, i) => {
        expect(Math.abs(value - buffers!.values[i]!)).toBeLessThan(1e-5);
      });
    }
  },
);

/** What a layer promises where a backend has kernels for grouped dispatch and keeps its memory to itself. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// @ts-expect-error Vite resolves the address of an asset.
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  layers,
  loadLayersModel,
  type Sequential,
  sequential,
} from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn, identity, linear } from '@tfjs-moe/experts';
import { temperature, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { chooseDispatcher } from '../src/dispatch/auto.ts';
import {
  layerExperts,
  type MixtureOfExperts,
  mixedExperts,
  mixtureOfExperts,
  switchLoss,
} from '../src/index.ts';
import { testLayerGradients, testLayerLife } from '../src/testing/index.ts';
import { type GpuKernels, testShortRoute } from './gpu-route.ts';
import type { WorkerAnswer } from './gpu-worker.ts';

/** What a backend reads by. */
interface Reading {
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
}

const runner = { describe, test };

/** Steps of the quick form; `pnpm --filter @tfjs-moe/layers gpu-growth` takes 500. */
const { VITE_STEPS = 20 } = (import.meta as { env?: { VITE_STEPS?: number } }).env ?? {};
const manySteps = Number(VITE_STEPS);

// The backend wants to know all three of its builds, though only one of them is loaded.
setWasmPaths({
  'tfjs-backend-wasm.wasm': wasmUrl,
  'tfjs-backend-wasm-simd.wasm': wasmUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmUrl,
});

/** Runs the tests on the current backend. */
export function testGpuKernels(kernels: GpuKernels): void {
  const grouped = { dispatch: ['grouped'], tolerance: 1e-4 } as const;
  testLayerGradients(runner, topK({ k: 2 }), ffn({ hiddenUnits: 4, activation: 'relu' }), grouped);
  testLayerGradients(runner, topK({ k: 2 }), ffn({ hiddenUnits: 4, activation: 'gelu' }), {
    ...grouped,
    mask: [1, 0, 1, 1, 0, 1, 1],
  });
  // How many experts a token has differs from token to token.
  testLayerGradients(runner, temperature({ threshold: 0.1 }), linear(), grouped);
  testLayerGradients(
    runner,
    topK({ k: 2 }),
    mixedExperts([
      { expert: ffn({ hiddenUnits: 4 }), count: 2 },
      { expert: linear(), count: 1 },
      { expert: identity(), count: 1 },
    ]),
    { ...grouped, units: 3 },
  );
  testLayerLife(
    runner,
    { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 6 }), balance: [switchLoss()] },
    'grouped by auto',
  );

  testShortRoute(kernels);

  const request = {
    name: 'auto',
    tokens: 64,
    experts: 8,
    expertsPerToken: 2,
    parameters: 1000,
    capacityOf: undefined,
  } as const;

  test('auto groups where there are kernels and not all experts are selected', () => {
    expect(chooseDispatcher(request).name).toBe('grouped');
    expect(chooseDispatcher({ ...request, expertsPerToken: 8 }).name).toBe('dense');
    expect(chooseDispatcher({ ...request, capacityOf: () => 9 }).name).toBe('dropping');
    kernels.unregister();
    expect(chooseDispatcher(request).name).toBe('dense');
    kernels.register();
  });

  const moe = (options: object): MixtureOfExperts =>
    mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 6 }),
      units: 2,
      dispatch: 'grouped',
      seed: 1,
      ...options,
    });

  test('layers as experts compute what they compute under dense dispatch', async () => {
    const x = tf.tensor2d(drawnRows(7, 5, 1));
    const outputs = await Promise.all(
      (['grouped', 'dense'] as const).map((dispatch) => {
        const expert = layerExperts((e) =>
          layers.dense({
            units: 2,
            kernelInitializer: { className: 'Constant', config: { value: e } } as never,
          }),
        );
        return (moe({ expert, dispatch }).apply(x) as tf.Tensor).data();
      }),
    );
    outputs[0]!.forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[1]![i]!, 5);
    });
  });

  /** How often something is read back while a function runs. */
  async function readsDuring(run: () => unknown): Promise<number> {
    const backend = tf.backend() as unknown as Reading;
    const { read, readSync } = backend;
    let reads = 0;
    const counting =
      <F extends (id: object) => unknown>(f: F) =>
      (id: object) => {
        reads++;
        return f.call(backend, id);
      };
    Object.assign(backend, { read: counting(read), readSync: counting(readSync) });
    await run();
    Object.assign(backend, { read, readSync });
    return reads;
  }

  const [x, y] = [drawnRows(24, 5, 1), drawnRows(24, 2, 2)];

  test('a training step reads nothing, compiles nothing once its programs are there, and keeps nothing', async () => {
    const layer = moe({ recordRouting: false });
    const [x_TD, y_TU] = [tf.tensor2d(x), tf.tensor2d(y)];
    tf.dispose(layer.apply(x_TD) as tf.Tensor);
    const optimizer = tf.train.adam(0.01);
    const step = () =>
      optimizer.minimize(() =>
        tf.losses.meanSquaredError(y_TU, layer.apply(x_TD, { training: true }) as tf.Tensor),
      );
    const held = () => {
      const { numTensors, numBytes } = tf.memory();
      return [numTensors, numBytes, kernels.programs.compiled(), ...kernels.held()];
    };
    step();
    step();
    const before = held();
    const steps = async () => {
      for (let i = 0; i < manySteps; i++) step();
    };
    expect(await readsDuring(steps)).toBe(0);
    expect(held()).toEqual(before);
    await y_TU.data();
  });

  test('fit reads no more than it does for a dense layer', async () => {
    const readsOf = (first: layers.Layer) => {
      const model = sequential({ layers: [first] });
      model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
      return readsDuring(() =>
        model.fit(tf.tensor2d(x), tf.tensor2d(y), { epochs: 2, batchSize: 8, verbose: 0 }),
      );
    };
    const dense = await readsOf(layers.dense({ units: 2, inputShape: [5] }));
    expect(await readsOf(moe({ recordRouting: false, inputShape: [5] }))).toBe(dense);
  });

  test('the same seed trains to the same bits', async () => {
    const trained = async () => {
      const model = sequential({ layers: [moe({ inputShape: [5] })] });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      await model.fit(tf.tensor2d(x), tf.tensor2d(y), {
        epochs: 3,
        batchSize: 24,
        shuffle: false,
        verbose: 0,
      });
      const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
      return weights.map((values) => Array.from(values));
    };
    expect(await trained()).toEqual(await trained());
  });

  test('a model trains in a worker', { timeout: 120_000 }, async () => {
    const worker = new Worker(new URL('./gpu-worker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(tf.getBackend());
    });
    worker.terminate();
    expect(answer.error).toBeUndefined();
    expect(answer.backend).toBe(tf.getBackend());
    expect(answer.losses!.at(-1)).toBeLessThan(answer.losses![0]!);
  });

  test('two models that train in turn come to the bits that each comes to alone', async () => {
    const [rows, targets] = [tf.tensor2d(x), tf.tensor2d(y)];
    const made = (experts: number) => {
      const model = sequential({ layers: [moe({ experts, inputShape: [5], recordRouting: false })] });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      return model;
    };
    const bitsOf = (models: Sequential[]) =>
      Promise.all(models.map(async (model) => Array.from(await model.getWeights().at(-1)!.data())));
    const train = async (models: Sequential[]) => {
      for (let step = 0; step < 3; step++) {
        for (const model of models) await model.trainOnBatch(rows, targets);
      }
      return bitsOf(models);
    };
    const alone = [...(await train([made(4)])), ...(await train([made(6)]))];
    expect(await train([made(4), made(6)])).toEqual(alone);
    tf.dispose([rows, targets]);
  });

  test('a model goes from wasm to this backend and back, in the middle of its training', async () => {
    const here = tf.getBackend();
    let saved: tf.io.ModelArtifacts = {};
    let before: number[] | undefined;
    for (const backend of ['wasm', here, 'wasm']) {
      await tf.setBackend(backend);
      const model: Sequential | LayersModel =
        before === undefined
          ? sequential({ layers: [moe({ inputShape: [5], recordRouting: false })] })
          : await loadLayersModel(tf.io.fromMemory(saved));
      const [rows, targets] = [tf.tensor2d(x), tf.tensor2d(y)];
      const predicted = async () => Array.from(await (model.predict(rows) as tf.Tensor).data());
      const found = await predicted();
      before?.forEach((value, i) => {
        expect(found[i], backend).toBeCloseTo(value, 4);
      });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      await model.trainOnBatch(rows, targets);
      before = await predicted();
      expect(before).not.toEqual(found);
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        }),
      );
      tf.dispose([rows, targets]);
    }
    await tf.setBackend(here);
  });
}

/** What is random goes on after a load where it was: a run that was resumed is the uninterrupted one, in bits. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, models, sequential } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, switchGate, temperature } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { layerExperts, mixtureOfExperts } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';
import { compile, configIn, everyKind, layerOf, load, modelOf, save, trained } from './saved-models.ts';

const noisy = {
  noisyTopK: noisyTopK({ k: 2 }),
  'noisyTopK as V-MoE': noisyTopK({ k: 1, noise: { stddev: 1 } }),
  gumbel: temperature({ temperature: 0.5, noise: 'gumbel' }),
  jitter: switchGate({ jitter: 0.5 }),
  hierarchical: hierarchical({
    groups: 2,
    outer: noisyTopK({ k: 1 }),
    inner: temperature({ noise: 'gumbel' }),
  }),
};

onEveryBackend(() => {
  test.each(Object.entries(noisy))('%s: 3 steps, saved, 3 steps are 6 steps', async (_name, gate) => {
    const model = modelOf({ gate, expert: linear() });
    await trained(model, 3);
    const resumed = await load(await save(model));
    compile(resumed);
    expect(layerOf(resumed).trainingCalls).toBe(3);
    const losses = await trained(model, 3);
    expect(new Set(losses).size).toBe(3);
    expect(await trained(resumed, 3)).toEqual(losses);
    expect(resumed.getWeights().map((weight) => weight.dataSync())).toEqual(
      model.getWeights().map((weight) => weight.dataSync()),
    );
  });
});

describe('the number of training calls', () => {
  const args = { gate: noisy.gumbel, expert: linear() };

  test('is that of the calls that train, and no weight', async () => {
    const model = modelOf(args);
    const parameters = model.countParams();
    await trained(model, 2);
    tf.dispose(model.predict(tf.zeros([1, 3])));
    expect(layerOf(model).trainingCalls).toBe(2);
    expect(layerOf(model).getConfig().trainingCalls).toBe(2);
    expect(model.countParams()).toBe(parameters);
    expect(model.getWeights().length).toBe(modelOf(args).getWeights().length);
  });

  test('goes with a clone, which then draws the same noise', async () => {
    const model = modelOf(args);
    await trained(model, 3);
    const modelTopology = JSON.parse(model.toJSON() as string);
    const clone = await models.modelFromJSON({ modelTopology } as never);
    clone.setWeights(model.getWeights());
    compile(clone);
    expect(await trained(clone, 2)).toEqual(await trained(model, 2));
  });

  test('is carried by hand to a model that gets weights alone', async () => {
    const model = modelOf(args);
    await trained(model, 3);
    const fresh = modelOf(args);
    fresh.setWeights(model.getWeights());
    const [other] = await trained(fresh, 1);
    const again = modelOf(args);
    again.setWeights(model.getWeights());
    layerOf(again).trainingCalls = layerOf(model).trainingCalls;
    const [next] = await trained(model, 1);
    expect(await trained(again, 1)).toEqual([next]);
    expect(other).not.toBe(next);
    for (const bad of [-1, 0.5, Number.NaN, '3', null]) {
      expect(() => {
        layerOf(again).trainingCalls = bad as number;
      }).toThrow('[tfjs-moe] moe: trainingCalls must be an integer of at least 0.');
    }
  });

  test('is exact where the weights are saved in half precision', async () => {
    const model = modelOf(args);
    layerOf(model).trainingCalls = 1_000_003;
    const saved = await save(model);
    for (const spec of saved.json.weightSpecs)
      spec.quantization = { dtype: 'float16', original_dtype: 'float32' };
    const half = { ...saved, bytes: new Uint8Array(saved.bytes.length / 2) };
    expect(layerOf(await load(half)).trainingCalls).toBe(1_000_003);
  });

  test('goes with a mixture inside a model, a wrapper or another mixture', async () => {
    const inner = () =>
      mixtureOfExperts({ experts: 2, seed: 1, gate: noisy.gumbel, expert: 'linear', units: 2 });
    const inside = sequential({ layers: [layers.inputLayer({ inputShape: [3] }), inner()] });
    const nested = {
      model: sequential({ layers: [layers.inputLayer({ inputShape: [3] }), inside as never] }),
      wrapper: sequential({
        layers: [
          layers.reshape({ targetShape: [1, 3], inputShape: [3] }),
          layers.timeDistributed({ layer: inner() }),
          layers.flatten(),
        ],
      }),
      mixture: modelOf({ gate: 'softmax', expert: layerExperts(inner), experts: 2 }),
    };
    for (const model of Object.values(nested)) {
      compile(model);
      await trained(model, 2);
      const resumed = await load(await save(model));
      compile(resumed);
      expect(await trained(resumed, 2)).toEqual(await trained(model, 2));
    }
  });

  test.each(Object.keys(everyKind))('%s: a save changes nothing that is computed', async (name) => {
    const model = modelOf(everyKind[name]!);
    await trained(model, 1);
    const saved = await save(model);
    expect(configIn(saved).training_calls).toBe(1);
    const resumed = await load(saved);
    compile(resumed);
    expect(await trained(resumed, 1)).toEqual(await trained(model, 1));
  });
});

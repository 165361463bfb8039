import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { constant, ffn, gatedFfn, identity, linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import { layerExperts, mixedExperts, mixtureOfExperts, sharedExperts } from '../src/index.ts';
import { testLayerGradients, testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const runner = { describe, test };
const gate = topK({ k: 2 });
const expert = linear();
const plain = sharedExperts({ expert: ffn({ hiddenUnits: 3, activation: 'tanh' }) });
const gated = sharedExperts({ expert: gatedFfn({ hiddenUnits: 3 }), count: 2, gate: 'sigmoid' });

onEveryBackend(() => {
  describe('plain', () => testLayerGradients(runner, gate, expert, { shared: plain }));
  describe('gated, several', () => {
    testLayerGradients(runner, gate, expert, { shared: gated, mask: [1, 1, 0, 1, 0, 1, 1] });
  });
  describe('that are the same for all tokens, or for all of them', () => {
    const dispatch = ['dense'] as const;
    const shared = sharedExperts({ expert: constant(), count: 2, gate: 'sigmoid' });
    testLayerGradients(runner, gate, expert, { shared, dispatch });
    testLayerGradients(runner, gate, expert, {
      shared: sharedExperts({ expert: identity(), count: 2 }),
      units: 3,
      dispatch,
    });
  });
  testLayerLife(runner, { gate, expert, shared: gated }, 'with gated shared experts');
  testLayerLife(
    runner,
    { gate, expert: mixedExperts([{ expert: 'linear', count: 4 }]), shared: plain },
    'with mixed and shared experts',
  );

  test('are added as in Qwen2-MoE, times their sigmoid, and as in DeepSeek, as they are', async () => {
    // One expert of weight 1 gives [1, -1], the shared one [0.5, 2], its logit is 0.4.
    const layer = (kind: 'none' | 'sigmoid') => {
      const made = mixtureOfExperts({
        experts: 1,
        gate: topK({ k: 1 }),
        expert: constant(),
        units: 2,
        shared: sharedExperts({ expert: constant(), gate: kind }),
      });
      made.build([null, 1]);
      const values: Record<string, number[]> = {
        'expert/value': [1, -1],
        'shared/value': [0.5, 2],
        'shared/gate/kernel': [0.4],
      };
      for (const weight of made.weights) {
        const value = values[weight.originalName];
        if (value !== undefined) weight.write(tf.tensor(value, weight.shape as number[]));
      }
      return made.apply(tf.ones([1, 1])) as tf.Tensor;
    };
    const close = async (actual: tf.Tensor, expected: number[]) => {
      const numbers = await actual.data();
      expected.forEach((value, i) => {
        expect(numbers[i]).toBeCloseTo(value, 6);
      });
    };
    await close(layer('sigmoid'), [1.299343830056226, 0.197375320224904]);
    await close(layer('none'), [1.5, 1]);
  });

  test('see what a capacity drops', () => {
    const layer = mixtureOfExperts({
      experts: 2,
      gate: topK({ k: 1 }),
      expert: constant({ valueInitializer: 'zeros' }),
      capacity: 1,
      units: 3,
      shared: sharedExperts({ expert: identity() }),
    });
    const x = drawnRows(6, 3, 1).map((row) => row.map(Math.fround));
    expect([...(layer.apply(tf.tensor2d(x)) as tf.Tensor).dataSync()]).toEqual(x.flat());
  });

  test('stand beside layers', () => {
    const layer = mixtureOfExperts({
      experts: 2,
      gate,
      expert: layerExperts(() => layers.dense({ units: 3 })),
      shared: sharedExperts({ expert: identity() }),
    });
    expect((layer.apply(tf.ones([4, 3])) as tf.Tensor).shape).toEqual([4, 3]);
  });
});

describe('sharedExperts', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const layer = (more = {}) =>
    mixtureOfExperts({ experts: 3, gate, expert, units: 2, seed: 1, shared: gated, ...more });
  const learning = (made: ReturnType<typeof layer>) => {
    if (!made.built) made.build([null, 3]);
    return made.trainableWeights.map(({ originalName }) => originalName);
  };

  test('weights are named shared/..., and learn as far as they shall', () => {
    expect(learning(layer()).filter((name) => name.startsWith('shared/'))).toEqual([
      'shared/kernel_gate',
      'shared/kernel_up',
      'shared/kernel_down',
      'shared/gate/kernel',
    ]);
    const base = sharedExperts({ expert: linear(), trainable: false });
    expect(learning(layer({ shared: base })).some((name) => name.startsWith('shared/'))).toBe(false);
    expect(learning(layer({ trainableExperts: false })).some((name) => /^(shared|expert)/.test(name))).toBe(
      false,
    );
    // A tf.sequential makes weights trainable when it is built.
    const inside = layer({ shared: base, inputShape: [3] });
    const model = sequential({ layers: [inside] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    expect(learning(inside).some((name) => name.startsWith('shared/'))).toBe(false);
  });

  test('the routed weights are what they would be without them', () => {
    const [without, beside] = [layer({ shared: null }), layer()].map((made) => {
      made.build([null, 3]);
      return made.weights
        .filter(({ originalName }) => !originalName.startsWith('shared/'))
        .map((weight) => [...weight.read().dataSync()]);
    });
    expect(beside).toEqual(without);
  });

  test('are saved with the layer', async () => {
    const { config } = gated;
    expect(config).toEqual({
      expert: gatedFfn({ hiddenUnits: 3 }).config,
      count: 2,
      gate: 'sigmoid',
      trainable: true,
    });
    expect(layer({ shared: JSON.parse(JSON.stringify(config)) }).getConfig().shared).toEqual(config);
    expect(layer({ shared: null }).getConfig().shared).toBeNull();
    const model = sequential({ layers: [layer({ inputShape: [3] })] });
    const loaded = await loadLayersModel(await keptModel(model));
    const x = tf.tensor2d(drawnRows(4, 3, 1));
    const [before, after] = [model, loaded].map((each) => [...(each.predict(x) as tf.Tensor).dataSync()]);
    expect(after).toEqual(before);
  });

  test('refuses what it does not know', () => {
    expect(() => sharedExperts({} as never)).toThrow('[tfjs-moe] sharedExperts: expert: an expert must be');
    expect(() => sharedExperts({ expert, gate: 'softmax' as never })).toThrow(
      "gate must be one of 'none', 'sigmoid'",
    );
    expect(() => sharedExperts({ expert, units: 2 } as never)).toThrow('unknown option "units"');
    expect(() => layer({ shared: 3 })).toThrow('[tfjs-moe] sharedExperts: options must be an object');
    expect(() => layer({ numSharedExperts: 2 })).toThrow('write shared: sharedExperts({');
    expect(() => layer({ shared: sharedExperts({ expert: identity() }) }).build([null, 3])).toThrow(
      '[tfjs-moe] identity: x is in the output',
    );
  });
});

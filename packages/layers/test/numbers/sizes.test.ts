import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type layers, models, sequential } from '@tensorflow/tfjs-layers';
import { type Config, limits } from '@tfjs-moe/core';
import { ffn, gatedFfn, linear } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, noisyTopK, softmax, topK } from '@tfjs-moe/gates';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layerExperts, type MixtureOfExpertsArgs, mixtureOfExperts } from '../../src/index.ts';

const small = { name: 'moe', experts: 4, gate: 'topK', expert: 'linear' } as const;
const make = (args: Partial<MixtureOfExpertsArgs>) => mixtureOfExperts({ ...small, ...args });

/** A config inside itself, so many times. */
function nested(depth: number, outermost: Config, part: string): Config {
  let config = outermost;
  for (let level = 1; level < depth; level++) config = { ...outermost, [part]: config };
  return config;
}

let before: tf.MemoryInfo;
beforeEach(() => {
  before = tf.memory();
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before.numTensors);
});

describe('sizes without bound are refused by name, where they are given', () => {
  test.each<[string, () => unknown, string]>([
    ['experts', () => make({ experts: 1e9 }), 'moe: experts must be at most 65,536. Received: 1000000000.'],
    ['experts, just above', () => make({ experts: 65_537 }), 'experts must be at most 65,536'],
    [
      'units',
      () => make({ units: 2 ** 31 }),
      'moe: units must be at most 268,435,456. Received: 2147483648.',
    ],
    ['hidden units', () => ffn({ hiddenUnits: 1e308 }), 'ffn: hiddenUnits must be at most 268,435,456'],
    ['hidden units, gated', () => gatedFfn({ hiddenUnits: 1e308 }), 'gatedFfn: hiddenUnits must be at most'],
    [
      'hidden units, in a router',
      () => mlpRouter({ hiddenUnits: [4, 1e9] }),
      'mlpRouter: hiddenUnits must be at',
    ],
    [
      'hidden layers',
      () => ffn({ hiddenUnits: new Array(10_000).fill(1) }),
      'ffn: the length of hiddenUnits must be at most 1,024. Received: 10000.',
    ],
    ['k', () => topK({ k: 1e308 }), 'topK: k must be at most 65,536'],
    ['k, noisy', () => noisyTopK({ k: 1e9 }), 'noisyTopK: k must be at most 65,536'],
    ['groups', () => hierarchical({ groups: 1e9 }), 'hierarchical: groups must be at most 65,536'],
    [
      'a hidden layer in a config',
      () => make({ expert: { kind: 'ffn', hiddenUnits: 1e308 } }),
      'ffn: hiddenUnits must be at most',
    ],
    [
      'gates in gates',
      () => make({ gate: nested(10_000, { kind: 'topK', k: 1 }, 'weighting') }),
      'moe: gate: configs may lie inside each other 32 deep',
    ],
    [
      'levels of a hierarchy',
      () => make({ gate: nested(10_000, { kind: 'hierarchical', groups: 1 }, 'inner') }),
      'moe: gate: configs may lie inside each other 32 deep',
    ],
    [
      'layers in layers, as a config',
      () => make({ expert: nested(10_000, { kind: 'layers', layers: [] }, 'deep') }),
      'configs may lie inside each other 32 deep',
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message);
  });

  test('gates in gates, as objects', () => {
    expect(() => {
      let gate = topK({ k: 1 });
      for (let level = 0; level < 10_000; level++) gate = topK({ k: 1, weighting: gate });
    }).toThrow('[tfjs-moe] topK: configs may lie inside each other 32 deep');
  });
});

describe('mixtures as experts of mixtures', () => {
  const around = (expert: () => layers.Layer) =>
    mixtureOfExperts({ experts: 1, gate: 'softmax', expert: layerExperts(expert) });

  test('are refused too deep, made from the inside', () => {
    let layer: layers.Layer = make({});
    for (let level = 1; level < limits.nesting; level++) {
      const inner = layer;
      layer = around(() => inner);
    }
    expect(() => around(() => layer)).toThrow('mixtures may be experts of mixtures 32 deep');
    const wrapped = sequential();
    wrapped.layers.push(layer);
    expect(() => around(() => wrapped)).toThrow('mixtures may be experts of mixtures 32 deep');
  });

  test('are refused too deep, made from the outside', () => {
    const endless = (): layers.Layer => around(endless);
    expect(endless).toThrow('[tfjs-moe] layerExperts: mixtures may be experts of mixtures 32 deep');
    // And the next one may be made.
    expect(around(() => make({})).name).toBeDefined();
  });
});

describe('weights that are too large are refused before any is allocated', () => {
  test.each<[string, Partial<MixtureOfExpertsArgs>, number[], string]>([
    [
      'the kernels of the experts',
      { experts: 65_536, expert: linear(), units: 4096, gate: softmax() },
      [8],
      'expert/kernel would be [65536, 8, 4096]',
    ],
    ['the router', { experts: 65_536 }, [8192], 'gate/router/kernel would be [65536, 8192]'],
    ['an input of many features', {}, [2 ** 31], 'would be [4, 2147483648'],
    [
      'all together',
      { experts: 2, expert: gatedFfn({ hiddenUnits: 2 ** 14 }), units: 2 ** 13, gate: softmax() },
      [2 ** 13],
      'all weights may hold 536,870,912 numbers together. Received: 80',
    ],
  ])('%s', (_, args, inputShape, message) => {
    const layer = make(args);
    expect(() => layer.build([null, ...inputShape])).toThrow(message);
    expect(layer.weights).toEqual([]);
  });

  test('when a model is loaded', async () => {
    const json = {
      class_name: 'Sequential',
      config: {
        name: 'model',
        layers: [
          {
            class_name: 'MixtureOfExperts',
            config: { ...small, units: 2 ** 28, batch_input_shape: [null, 8] },
          },
        ],
      },
    };
    await expect(models.modelFromJSON({ modelTopology: json } as never)).rejects.toThrow(
      'a weight may hold 268,435,456 numbers',
    );
  });
});

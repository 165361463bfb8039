/** Profiles route as the published models do: golden numbers, through a whole layer. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  MixtureOfExperts,
  mixtureOfExperts,
  type ProfileName,
  profile,
  profileNames,
  softMoe,
} from '../src/index.ts';

/** Four tokens whose logits for eight experts are their features. */
const logits = [
  [1.2, -0.3, 0.8, 0.1, -1.0, 2.0, 0.5, -0.7],
  [0.0, 0.4, -0.2, 1.5, 1.1, -0.6, 0.9, 0.3],
  [-0.5, 0.6, 1.7, -1.2, 0.2, 0.7, -0.1, 1.3],
  [0.5, 0.5, 0.5, 0.5, -2.0, -2.0, 1.0, 1.0],
];
const selectionBias = [0, -0.2, 0.1, 0, 0.15, -0.1, 0.05, -0.3];
const small = { hiddenUnits: 4, experts: 8, seed: 1 };

/** A layer whose router hands the features through. */
function layerOf(name: ProfileName, options: object): MixtureOfExperts {
  const layer = mixtureOfExperts(profile(name, { ...small, ...options }));
  layer.build([null, 4, 8]);
  for (const weight of layer.weights) {
    const path = weight.originalName;
    if (path.endsWith('router/kernel')) weight.write(tf.eye(8));
    if (path.endsWith('selection_bias')) weight.write(tf.tensor2d(selectionBias, [8, 1]));
    if (path === 'gate/bias') weight.write(tf.tensor2d([0.1, 0, -0.2, 0.3, 0, -0.1, 0.2, 0], [8, 1]));
  }
  return layer;
}

/** Indices and weights as rows [index, weight], in the order of the experts. */
type Golden = readonly (readonly (readonly [expert: number, weight: number])[])[];
const pairs = (indices: number[][], weights: number[][]): Golden =>
  indices.map((row, t) =>
    row.map((expert, k) => [expert, weights[t]![k]!] as const).sort(([a], [b]) => a - b),
  );

/** The two best by the logits. */
const best = [
  [5, 0],
  [3, 4],
  [2, 7],
  [6, 7],
];
const overSum = pairs(best, [
  [0.6899744811276124, 0.31002551887238755],
  [0.598687660112452, 0.401312339887548],
  [0.598687660112452, 0.40131233988754805],
  [0.5, 0.5],
]);
const asTheyAre = pairs(best, [
  [0.4272639921678333, 0.1919820870053612],
  [0.29572962661677143, 0.19823349692785666],
  [0.34184224280928555, 0.2291437079368465],
  [0.22096045086238889, 0.22096045086238889],
]);

const cases: readonly (readonly [ProfileName, object, Golden])[] = [
  [
    'deepseek-v3',
    { expertsPerToken: 4, groups: 4, keep: 2 },
    pairs(
      [
        [2, 5, 3, 4],
        [4, 3, 2, 5],
        [2, 4, 5, 3],
        [6, 2, 3, 7],
      ],
      [
        [0.7294548635948594, 0.9311963412343573, 0.5550185290429067, 0.28433026612787626],
        [0.7906315627051457, 0.8615681160710085, 0.47438941178839156, 0.37341090943545435],
        [0.9210490722385207, 0.5989394311043738, 0.727863329822181, 0.2521481668349245],
        [0.6751467539879288, 0.5748532460120712, 0.5748532460120712, 0.6751467539879288],
      ],
    ),
  ],
  [
    'deepseek-v4',
    { expertsPerToken: 2 },
    pairs(
      [
        [5, 0],
        [4, 3],
        [2, 4],
        [6, 2],
      ],
      [
        [0.8199207138280468, 0.6800792861719531],
        [0.7117692199999912, 0.7882307800000089],
        [0.9070592272365698, 0.59294077276343],
        [0.8059170746741294, 0.6940829253258705],
      ],
    ),
  ],
  [
    'gpt-oss',
    { expertsPerToken: 2 },
    pairs(best, [
      [0.6456563062257954, 0.35434369377420455],
      [0.6681877721681662, 0.33181222783183395],
      [0.5498339973124778, 0.4501660026875221],
      [0.5498339973124778, 0.4501660026875221],
    ]),
  ],
  [
    'llama-4',
    {},
    pairs(
      [[5], [3], [2], [6]],
      [[0.8807970779778823], [0.8175744761936437], [0.8455347349164652], [0.7310585786300049]],
    ),
  ],
  ...(['mixtral', 'qwen3-moe'] as const).map((name) => [name, { expertsPerToken: 2 }, overSum] as const),
  ...(['olmoe', 'qwen2-moe', 'grok-1'] as const).map(
    (name) => [name, { expertsPerToken: 2 }, asTheyAre] as const,
  ),
];

describe.each(['cpu', 'wasm'])('backend %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(cases)('golden: %s', (name, options, golden) => {
    const plan = layerOf(name, options).route(tf.tensor3d(logits.flat(), [1, 4, 8]));
    const rows = plan.weights_TE.arraySync() as number[][];
    rows.forEach((row, t) => {
      const chosen = row.flatMap((weight, expert) => (weight === 0 ? [] : [[expert, weight] as const]));
      expect(chosen.map(([expert]) => expert)).toEqual(golden[t]!.map(([expert]) => expert));
      chosen.forEach(([, weight], i) => {
        expect(weight).toBeCloseTo(golden[t]![i]![1], 6);
      });
    });
  });
});

test.each(profileNames)('%s trains in a model, and is restored from its config', async (name) => {
  await tf.setBackend('cpu');
  const sizes = {
    experts: 16,
    expertsPerToken: name === 'llama-4' ? 1 : 2,
    ...(name.startsWith('deepseek-v') && name !== 'deepseek-v4' ? { groups: 4, keep: 2 } : {}),
  };
  const layer = mixtureOfExperts(
    profile(name, { ...sizes, hiddenUnits: 3, units: 1, inputShape: [5, 4], seed: 1 }),
  );
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const x = tf.randomNormal([6, 5, 4], 0, 1, 'float32', 1);
  const { history } = await model.fit(x, tf.ones([6, 5, 1]), { epochs: 2, batchSize: 3, verbose: 0 });
  expect((history.loss as number[]).every(Number.isFinite)).toBe(true);
  const again = MixtureOfExperts.fromConfig(
    MixtureOfExperts as never,
    JSON.parse(JSON.stringify(layer.getConfig())),
  ) as MixtureOfExperts;
  again.build([null, 5, 4]);
  again.setWeights(layer.getWeights());
  expect(again.call(x, {}).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  model.dispose();
});

test('published numbers are there unless others are given, and arguments of the layer win', () => {
  const args = profile('deepseek-v3', { hiddenUnits: 2048 });
  expect(args.experts).toBe(256);
  expect(args.gate).toMatchObject({
    config: { rule: 'sign', speed: 1e-3, gate: { k: 8, groups: 8, keep: 4, best: 2, weightScale: 2.5 } },
  });
  expect(profile('kimi-k2', { hiddenUnits: 8 }).gate).toMatchObject({
    config: { gate: { k: 8, weightScale: 2.827 } },
  });
  expect(profile('mixtral', { hiddenUnits: 8, balance: [], units: 3 })).toMatchObject({
    balance: [],
    units: 3,
  });
});

test('soft mixtures run without another import', () => {
  const layer = mixtureOfExperts({ experts: 2, gate: softMoe({ slots: 2 }), expert: 'linear', units: 1 });
  expect((layer.apply(tf.ones([2, 3, 4])) as tf.Tensor).shape).toEqual([2, 3, 1]);
});

test('what it does not know is refused', () => {
  expect(() => profile('deepseek-v5' as never, { hiddenUnits: 8 })).toThrow(
    '[tfjs-moe] profile: unknown model',
  );
  expect(() => profile('mixtral', {} as never)).toThrow('[tfjs-moe] profile mixtral: hiddenUnits must be');
  expect(() => profile('mixtral', { hiddenUnits: 8, width: 3 } as never)).toThrow('unknown option "width"');
});

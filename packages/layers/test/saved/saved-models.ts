/** Small models of every gate, router, expert and loss, and what a handler of tfjs reads and writes of them. */
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { constant, ffn, gatedFfn, linear, lora, normalizedFfn, polynomial, zero } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import {
  importanceLoss,
  layerExperts,
  loadLoss,
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixedExperts,
  mixtureOfExperts,
  sharedExperts,
  switchLoss,
  zLoss,
} from '../../src/index.ts';

const mlp = { kind: 'mlp', hiddenUnits: [2] };

/** Options of one layer for each gate, router, expert and loss, none of them at its default where that can be. */
export const everyKind: Readonly<Record<string, Partial<MixtureOfExpertsArgs>>> = {
  softmax: { gate: softmax({ router: { kind: 'euclidean', scale: 0.5 } }), expert: linear() },
  sigmoid: { gate: sigmoid({ normalize: true }), expert: polynomial({ degree: 3 }), balance: [zLoss()] },
  temperature: {
    gate: temperature({ temperature: 2, learned: false, noise: 'gumbel', threshold: 0.1, renormalize: true }),
    expert: constant(),
  },
  topK: {
    gate: topK({ k: 3, renormalize: 'afterDrop', router: { kind: 'cosine', epsilon1: 0.5, epsilon2: 0.2 } }),
    expert: ffn({ hiddenUnits: [3, 2], activation: 'geluTanh' }),
    capacity: { factor: 0.5, convention: 'tutel' },
    balance: [switchLoss({ weight: 0.5, scaling: 'sumOverK' })],
  },
  deepSeek: {
    gate: topK({ k: 1, weighting: sigmoid({ normalize: true }), selectionBias: true, weightScale: 2.5 }),
    expert: gatedFfn({ hiddenUnits: 2, activation: 'tanh', kernelInitializer: 'heUniform' }),
  },
  theory: {
    gate: topK({ k: 2, renormalize: 'never', biasInSelection: false, router: mlp }),
    expert: normalizedFfn({ hiddenUnits: 2, activation: 'silu', epsilon: 0.5, outputWeights: false }),
  },
  noisyTopK: {
    gate: noisyTopK({ k: 1, noise: { stddev: 3 }, loadThreshold: 'vmoe' }),
    expert: linear({ useBias: false }),
    balance: [loadLoss(), importanceLoss({ of: 'probabilities', variance: 'sample' })],
    capacity: 1,
  },
  switchGate: { gate: switchGate({ jitter: 0.5, useBias: false }), expert: linear(), nonFinite: 'throw' },
  hierarchical: {
    gate: hierarchical({ groups: 2, outer: switchGate(), inner: topK({ k: 1, router: mlp }) }),
    expert: linear(),
    trainableGate: false,
    recordRouting: false,
  },
  mixed: {
    gate: topK({ k: 2 }),
    expert: mixedExperts([
      { expert: gatedFfn({ hiddenUnits: 2, limit: 2, alpha: 1.5, upOffset: 0.5 }), count: 1 },
      { expert: zero(), count: 2 },
      { expert: lora({ expert: linear(), rank: 1, alpha: 2, sharedBase: false }), count: 1 },
    ]),
    shared: sharedExperts({ expert: linear(), count: 2, gate: 'sigmoid', trainable: false }),
    weightAt: 'input',
  },
  layers: {
    gate: topK({ k: 2 }),
    expert: layerExperts((e) => layers.dense({ units: 2, activation: e === 0 ? 'linear' : 'tanh' })),
  },
};

/** A compiled model of one such layer. */
export function modelOf(args: Partial<MixtureOfExpertsArgs>): LayersModel {
  const layer = mixtureOfExperts({
    experts: 4,
    units: 2,
    seed: 3,
    name: 'moe',
    inputShape: [3],
    ...args,
  } as MixtureOfExpertsArgs);
  const model = sequential({ layers: [layer] });
  compile(model);
  return model;
}

/** Makes a model ready to train, in bits the same before and after it was saved. */
export function compile(model: LayersModel): void {
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
}

export const inputs: number[][] = [
  [-0.66, -0.78, -0.15],
  [0.69, -0.62, 0.22],
  [1.04, 0.13, -1.48],
  [1.23, 0.31, 0.33],
];

/** The model's output at the inputs. */
export function outputsOf(model: LayersModel, rows: number[][] = inputs): number[] {
  return tf.tidy(() => Array.from((model.predict(tf.tensor2d(rows)) as tf.Tensor).dataSync()));
}

/** Losses of some more steps. */
export async function trained(model: LayersModel, steps: number): Promise<number[]> {
  const [x, y] = [tf.tensor2d(inputs), tf.ones([inputs.length, 2])];
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  tf.dispose([x, y]);
  return losses;
}

/** JSON as it lies on a disk. */
// biome-ignore lint/suspicious/noExplicitAny: tests damage it anywhere
export type SavedJson = any;

/** What a disk holds of a model: model.json and the bytes of its weights. */
export interface Saved {
  readonly json: SavedJson;
  readonly bytes: Uint8Array;
}

/** Saves a model. */
export async function save(model: LayersModel): Promise<Saved> {
  let saved: Saved | undefined;
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const json = JSON.parse(JSON.stringify({ modelTopology, weightSpecs }));
      saved = { json, bytes: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return saved!;
}

/** Loads a model from JSON and bytes, whole or damaged. */
export function load({ json, bytes }: Saved): Promise<LayersModel> {
  const { modelTopology, weightSpecs } = structuredClone(json);
  return loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: bytes.slice().buffer }));
}

/** The config of the only layer of a saved model, for a test to damage. */
export function configIn({ json }: Saved): SavedJson {
  return json.modelTopology.config.layers.at(-1).config;
}

/** The only layer of a model. */
export function layerOf(model: LayersModel): MixtureOfExperts {
  return model.layers.at(-1) as MixtureOfExperts;
}

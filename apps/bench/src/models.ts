/** The models whose training is measured: ordinary layers of tfjs, and one mixture. */
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts, switchLoss } from '@tfjs-moe/layers';
import { sequences, transformer } from './transformer.ts';

export interface TrainingModel {
  readonly name: string;
  /** Whether it belongs to the few representative cases. */
  readonly quick: boolean;
  /** Whether tfjs-backend-wasm alone lacks a kernel for it. */
  readonly needsPackage?: boolean;
  make(): LayersModel;
  data(): [tf.Tensor, tf.Tensor];
}

function compiled(model: Sequential, loss = 'meanSquaredError'): Sequential {
  model.compile({ optimizer: tf.train.sgd(1e-3), loss });
  return model;
}

function classes(count: number, of: number): tf.Tensor {
  return tf.tidy(() => tf.oneHot(tf.cast(tf.randomUniform([count], 0, of, 'int32', 2), 'int32'), of));
}

export const trainingModels: readonly TrainingModel[] = [
  {
    name: 'dense 256-1024-256, batch 1024',
    quick: true,
    make: () =>
      compiled(
        sequential({
          layers: [
            layers.dense({ units: 1024, activation: 'relu', inputShape: [256] }),
            layers.dense({ units: 256 }),
          ],
        }),
      ),
    data: () => [tf.randomNormal([1024, 256]), tf.randomNormal([1024, 256])],
  },
  {
    name: 'dense 64-256-256-10 with tanh, batch 256',
    quick: true,
    make: () =>
      compiled(
        sequential({
          layers: [
            layers.dense({ units: 256, activation: 'tanh', inputShape: [64] }),
            layers.dense({ units: 256, activation: 'tanh' }),
            layers.dense({ units: 10, activation: 'softmax' }),
          ],
        }),
        'categoricalCrossentropy',
      ),
    data: () => [tf.randomNormal([256, 64]), classes(256, 10)],
  },
  {
    name: 'embedding 5000 x 64, 32 words, dense 128-2, batch 64',
    quick: true,
    needsPackage: true,
    make: () =>
      compiled(
        sequential({
          layers: [
            layers.embedding({ inputDim: 5000, outputDim: 64, inputLength: 32 }),
            layers.flatten(),
            layers.dense({ units: 128, activation: 'relu' }),
            layers.dense({ units: 2, activation: 'softmax' }),
          ],
        }),
        'categoricalCrossentropy',
      ),
    data: () => [tf.randomUniform([64, 32], 0, 5000, 'int32', 1), classes(64, 2)],
  },
  {
    name: 'convolutions 16 and 32 of 3 x 3 on 28 x 28, batch 32',
    quick: true,
    needsPackage: true,
    make: () =>
      compiled(
        sequential({
          layers: [
            layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
            layers.maxPooling2d({ poolSize: 2 }),
            layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
            layers.maxPooling2d({ poolSize: 2 }),
            layers.flatten(),
            layers.dense({ units: 10, activation: 'softmax' }),
          ],
        }),
        'categoricalCrossentropy',
      ),
    data: () => [tf.randomNormal([32, 28, 28, 1]), classes(32, 10)],
  },
  {
    name: 'LSTM of 64 units over 20 steps of 32, batch 64',
    quick: false,
    make: () =>
      compiled(
        sequential({
          layers: [layers.lstm({ units: 64, inputShape: [20, 32] }), layers.dense({ units: 1 })],
        }),
      ),
    data: () => [tf.randomNormal([64, 20, 32]), tf.randomNormal([64, 1])],
  },
  {
    name: 'mixture of 8 experts, top-2, 64-256-64, batch 1024',
    quick: true,
    make: () =>
      compiled(
        sequential({
          layers: [
            mixtureOfExperts({
              experts: 8,
              gate: topK({ k: 2 }),
              expert: ffn({ hiddenUnits: 256, activation: 'relu' }),
              units: 64,
              balance: [switchLoss()],
              seed: 1,
              inputShape: [64],
            }),
          ],
        }),
      ),
    data: () => [tf.randomNormal([1024, 64]), tf.randomNormal([1024, 64])],
  },
  ...(['dense', 'mixture'] as const).map((feedForward) => ({
    name: `transformer of 2 blocks, ${feedForward} feed-forward, D 64, T 32, 4 heads, batch 48`,
    quick: false,
    make: () => transformer(feedForward),
    data: () => sequences(48),
  })),
];

/** In a worker: a model trains by grouped dispatch on the backend that it is told, and says what it has come to. */
import '@tfjs-moe/webgl';
import '@tfjs-moe/webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '../src/index.ts';

/** What the worker says. */
export interface WorkerAnswer {
  readonly backend?: string;
  readonly losses?: readonly number[];
  readonly error?: string;
}

async function train(backend: string): Promise<WorkerAnswer> {
  await tf.setBackend(backend);
  await tf.ready();
  const { device } = tf.backend() as unknown as {
    readonly device?: {
      pushErrorScope(filter: string): void;
      popErrorScope(): Promise<{ readonly message: string } | null>;
    };
  };
  device?.pushErrorScope('validation');
  const layer = mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: linear(),
    units: 2,
    dispatch: 'grouped',
    recordRouting: false,
    seed: 1,
    inputShape: [5],
  });
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const { history } = await model.fit(tf.tensor2d(drawnRows(24, 5, 1)), tf.tensor2d(drawnRows(24, 2, 2)), {
    epochs: 4,
    batchSize: 24,
    verbose: 0,
  });
  const error = await device?.popErrorScope();
  return {
    backend: tf.getBackend(),
    losses: history.loss as number[],
    ...(error && { error: error.message }),
  };
}

addEventListener('message', ({ data }: MessageEvent<string>) => {
  train(data)
    .catch((error) => ({ error: String(error) }))
    .then((answer) => postMessage(answer));
});

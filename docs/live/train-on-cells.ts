/** The training of the examples that share a plane of four levels. */
import type { MixtureOfExperts } from 'tfjs-moe';
import { sample } from './cells.ts';
import { readMixture } from './read-mixture.ts';
import * as tf from './tf.ts';
import type { Training } from './training.ts';

export async function* trainOnCells(moe: MixtureOfExperts): AsyncGenerator<Training, void, void> {
  const data = sample();
  const x = tf.tensor2d(data.map(({ at }) => [...at]));
  const y = tf.tensor2d(data.map(({ y }) => [y]));
  const losses: number[] = [];
  const loads: (readonly number[])[] = [];
  const model = tf.sequential({ layers: [moe] });
  const optimizer = tf.train.adam(0.1);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  try {
    for (let step = 1; step <= 150; step++) {
      losses.push(Number(await model.trainOnBatch(x, y)));
      loads.push(moe.routingMetrics!.load);
      yield { step, losses, loads, mixture: readMixture(moe) };
    }
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  }
}

/** Two groups of two constant experts share a plane of four levels. */
import { constant, hierarchical, mixtureOfExperts, softmax } from 'tfjs-moe';
import { sample } from '../cells.ts';
import { readMixture } from '../read-mixture.ts';
import * as tf from '../tf.ts';
import type { Training } from '../training.ts';

export async function* train(): AsyncGenerator<Training, void, void> {
  const data = sample();
  const x = tf.tensor2d(data.map(({ at }) => [...at]));
  const y = tf.tensor2d(data.map(({ y }) => [y]));
  const losses: number[] = [];
  const loads: (readonly number[])[] = [];

  // #region model
  const moe = mixtureOfExperts({
    inputShape: [2],
    experts: 4,
    gate: hierarchical({
      groups: 2,
      outer: softmax(),
      inner: softmax(),
    }),
    expert: constant(),
    units: 1,
    seed: 4,
  });
  // #endregion model
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

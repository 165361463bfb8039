/** Four linear experts, two for each input, learn a broken line. */
import { linear, mixtureOfExperts, switchLoss, topK } from 'tfjs-moe';
import { readMixture } from '../read-mixture.ts';
import * as tf from '../tf.ts';
import type { Training } from '../training.ts';
import { points, sample } from './problem.ts';

export async function* train(): AsyncGenerator<Training, void, void> {
  const data = sample();
  const x = tf.tensor2d(data.x, [points, 1]);
  const y = tf.tensor2d(data.y, [points, 1]);
  const losses: number[] = [];
  const loads: (readonly number[])[] = [];

  // #region model
  const moe = mixtureOfExperts({
    inputShape: [1],
    experts: 4,
    gate: topK({ k: 2 }),
    expert: linear(),
    units: 1,
    balance: [switchLoss({ weight: 0.1 })],
    dispatch: 'dense',
    seed: 27,
  });
  const model = tf.sequential({ layers: [moe] });
  const optimizer = tf.train.adam(0.1);
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mse'] });
  // #endregion model
  try {
    // #region loop
    for (let step = 1; step <= 400; step++) {
      const [, error] = (await model.trainOnBatch(x, y)) as number[];
      losses.push(error!);
      loads.push(moe.routingMetrics!.load);
      yield { step, losses, loads, mixture: readMixture(moe) };
    }
    // #endregion loop
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  }
}

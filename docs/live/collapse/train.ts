/**
 * A collapsed router and its recovery. All tokens start with two of four experts; a balance loss is switched on and off
 * while the training runs.
 */
import { type BalanceLoss, linear, mixtureOfExperts, switchLoss, topK } from 'tfjs-moe';
import { points, sample } from '../piecewise/problem.ts';
import { readMixture } from '../read-mixture.ts';
import * as tf from '../tf.ts';
import type { Training } from '../training.ts';

export interface Collapse extends Training {
  /** Steps before which the balance loss was switched on or off. */
  readonly switches: readonly number[];
}

/** What the reader can change while it runs. */
export interface CollapseControl {
  balance: boolean;
}

export async function* train(control: CollapseControl): AsyncGenerator<Collapse, void, void> {
  const data = sample();
  const x = tf.tensor2d(data.x, [points, 1]);
  const y = tf.tensor2d(data.y, [points, 1]);
  const losses: number[] = [];
  const loads: (readonly number[])[] = [];
  const switches: number[] = [];

  // #region models
  const build = (balance: BalanceLoss[]) => {
    const moe = mixtureOfExperts({
      inputShape: [1],
      experts: 4,
      gate: topK({ k: 2 }),
      expert: linear(),
      units: 1,
      balance,
      dispatch: 'dense',
      seed: 6,
    });
    const model = tf.sequential({ layers: [moe] });
    const optimizer = tf.train.adam(0.05);
    model.compile({
      optimizer,
      loss: 'meanSquaredError',
      metrics: ['mse'],
    });
    return { moe, model, optimizer };
  };
  const without = build([]);
  const balanced = build([switchLoss({ weight: 0.1 })]);
  // #endregion models
  collapse(without.moe);
  let current = without;
  try {
    for (let step = 1; step <= 400; step++) {
      const next = control.balance ? balanced : without;
      if (next !== current) {
        // #region switch
        next.model.setWeights(current.model.getWeights());
        current = next;
        // #endregion switch
        switches.push(step);
      }
      const [, error] = (await current.model.trainOnBatch(x, y)) as number[];
      losses.push(error!);
      loads.push(current.moe.routingMetrics!.load);
      yield { step, losses, loads, switches, mixture: readMixture(current.moe) };
    }
  } finally {
    tf.dispose([x, y]);
    for (const { model, optimizer } of [without, balanced]) {
      optimizer.dispose();
      model.dispose();
    }
  }
}

/** Gives two experts so large a bias that they get every token, as after a bad start. */
function collapse(moe: ReturnType<typeof mixtureOfExperts>): void {
  const bias = moe.weights.find(({ originalName }) => originalName.endsWith('gate/bias'));
  tf.tidy(() => {
    bias?.write(tf.tensor2d([[8], [8], [0], [0]]));
  });
}

/**
 * A router that collapses whenever its reader says so, and a selection bias that brings it back, or does not: top-2 of
 * 8 on the line of the start page, without a loss that balances.
 */
import { linear, lossFree, type MixtureOfExperts, mixtureOfExperts, sigmoid, topK } from 'tfjs-moe';
import { points, sample } from '../piecewise/problem.ts';
import * as tf from '../tf.ts';
import { EXPERTS, type LossFreeControl, type LossFreeEvent, type LossFreeRun, STEPS } from './run.ts';

export async function* train(control: LossFreeControl): AsyncGenerator<LossFreeRun, void, void> {
  const data = sample();
  const x = tf.tensor2d(data.x, [points, 1]);
  const y = tf.tensor2d(data.y, [points, 1]);
  const losses: number[] = [];
  const loads: (readonly number[])[] = [];
  const events: LossFreeEvent[] = [];

  // #region models
  const gate = topK({
    k: 2,
    // Bundlers drop what only a name asks for.
    weighting: sigmoid(),
    selectionBias: true,
  });
  const build = (automatic: boolean) => {
    const moe = mixtureOfExperts({
      inputShape: [1],
      experts: EXPERTS,
      gate: automatic ? lossFree({ gate, speed: 0.005 }) : gate,
      expert: linear(),
      units: 1,
      dispatch: 'dense',
      seed: 6,
    });
    const model = tf.sequential({ layers: [moe] });
    const optimizer = tf.train.adam(0.02);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    return { moe, model, optimizer };
  };
  const fixed = build(false);
  const automatic = build(true);
  // #endregion models
  let current = fixed;
  let collapses = -1;
  try {
    for (let step = 1; step <= STEPS; step++) {
      const next = control.balance ? automatic : fixed;
      if (next !== current) {
        next.model.setWeights(current.model.getWeights());
        current = next;
        events.push({ step, what: control.balance ? 'on' : 'off' });
      }
      if (collapses !== control.collapses) {
        // The first is how it begins.
        if (collapses >= 0) events.push({ step, what: 'collapse' });
        collapses = control.collapses;
        collapse(current.moe);
      }
      losses.push(Number(await current.model.trainOnBatch(x, y)));
      loads.push(current.moe.routingMetrics!.load);
      yield { step, losses, loads, events };
    }
  } finally {
    tf.dispose([x, y]);
    for (const { model, optimizer } of [fixed, automatic]) {
      optimizer.dispose();
      model.dispose();
    }
  }
}

// #region collapse
/** Two experts score so high that they get every token, whatever the selection bias has learnt. */
function collapse(moe: MixtureOfExperts): void {
  const named = (end: string) => moe.weights.find(({ originalName }) => originalName.endsWith(end));
  tf.tidy(() => {
    const favoured = tf.tensor2d([6, 6, 0, 0, 0, 0, 0, 0], [EXPERTS, 1]);
    named('gate/bias')?.write(favoured);
    named('gate/selection_bias')?.write(tf.zerosLike(favoured));
  });
}
// #endregion collapse

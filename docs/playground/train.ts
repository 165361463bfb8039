/** Trains the mixture of some settings, a step at a time. */
import * as factories from 'tfjs-moe';
import type { Mixture } from '../live/mixture.ts';
import { readMixture } from '../live/read-mixture.ts';
import * as tf from '../live/tf.ts';
import { layerPlan, run } from './plan.ts';
import { problemOf } from './problem.ts';
import { half } from './program.ts';
import type { Settings } from './settings.ts';

export interface Step {
  readonly error: number;
  /** Fraction of the points that each expert was sent. */
  readonly load: readonly number[];
}

export interface Trainer {
  readonly settings: Settings;
  /** Steps made so far. */
  readonly made: number;
  step(): Promise<Step>;
  mixture(): Mixture;
  dispose(): void;
}

/** A trainer at its first step. An error says which settings cannot be built. */
export function trainer(settings: Settings): Trainer {
  const { inputs, x, y } = problemOf(settings);
  const moe = run(layerPlan(settings, inputs), factories) as factories.MixtureOfExperts;
  const model = tf.sequential({ layers: [moe] });
  if (settings.start === 'collapsed') collapse(moe, settings.experts);
  const optimizer = tf.train[settings.optimizer](settings.rate);
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mse'] });
  const inputs_TD = tf.tensor2d(x.map((row) => [...row]));
  const targets_T1 = tf.tensor2d(y.map((value) => [value]));
  let made = 0;
  return {
    settings,
    get made() {
      return made;
    },
    async step() {
      const [, error] = (await model.trainOnBatch(inputs_TD, targets_T1)) as number[];
      made++;
      return { error: error!, load: moe.routingMetrics!.load };
    },
    mixture: () => readMixture(moe),
    dispose() {
      tf.dispose([inputs_TD, targets_T1]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

/** Half of the experts get so large a bias that they are sent every point. */
function collapse(moe: factories.MixtureOfExperts, experts: number): void {
  const bias = moe.weights.find(({ originalName }) => originalName.endsWith('gate/bias'))!;
  const values = Array.from({ length: experts }, (_, e) => (e < half(experts) ? 4 : 0));
  tf.tidy(() => {
    bias.write(tf.tensor(values, bias.shape as number[]));
  });
}

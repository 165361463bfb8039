/** A profile at its published numbers of experts, trained for some steps at a small width. */
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { type MixtureOfExperts, mixtureOfExperts, type ProfileName, profile } from '../src/index.ts';

/** How small, and for how long. */
export interface TrainProfileOptions {
  readonly width: number;
  readonly hiddenUnits: number;
  readonly sequences: number;
  readonly length: number;
  readonly steps: number;
  readonly seed: number;
}

/** What a training has shown. */
export interface TrainedProfile {
  readonly experts: number;
  /** How many experts each token was sent to, after the training. */
  readonly chosen: readonly number[];
  /** From how many of `groups` equal runs of experts those of each token are. */
  groupsOf(groups: number): readonly number[];
  /** Mean squared error on the training data before and after all steps. */
  readonly errors: readonly [before: number, after: number];
  /** Whether all weights are finite numbers. */
  readonly isFinite: boolean;
  /** The selection bias, where there is one. */
  readonly selectionBias: readonly number[] | undefined;
  /** The farthest that the saved and loaded model is from this one. */
  readonly farthestLoaded: number;
}

export async function trainProfile(name: ProfileName, options: TrainProfileOptions): Promise<TrainedProfile> {
  const { width, hiddenUnits, sequences, length, steps, seed } = options;
  const layer = mixtureOfExperts(
    profile(name, { hiddenUnits, inputShape: [length, width], seed, name: 'moe' }),
  );
  const model = sequential({ layers: [layer] });
  const optimizer = tf.train.adam(0.02);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const x = tf.randomNormal([sequences, length, width], 0, 1, 'float32', seed);
  const y = tf.tidy(() => tf.tanh(tf.add(tf.reverse(x, 2), x)));
  const error = () =>
    tf.tidy(() => tf.mean(tf.squaredDifference(model.predict(x) as tf.Tensor, y)).dataSync()[0]!);
  const before = error();
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
  const trained: TrainedProfile = {
    ...routed(layer, x),
    errors: [before, error()],
    isFinite: layer.weights.every((weight) => weight.read().dataSync().every(Number.isFinite)),
    selectionBias: biasOf(layer),
    farthestLoaded: await farthestLoaded(),
  };
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  return trained;

  async function farthestLoaded(): Promise<number> {
    let kept: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        kept = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await loadLayersModel(tf.io.fromMemory(kept!));
    const far = tf.tidy(() => {
      const [own, other] = [model, loaded].map((each) => each.predict(x) as tf.Tensor);
      return tf.max(tf.abs(tf.sub(own!, other!))).dataSync()[0]!;
    });
    loaded.dispose();
    return far;
  }
}

function routed(
  layer: MixtureOfExperts,
  x: tf.Tensor,
): Pick<TrainedProfile, 'experts' | 'chosen' | 'groupsOf'> {
  const plan = layer.route(x);
  const rows = plan.selected_TE.arraySync() as number[][];
  tf.dispose(plan as never);
  const chosen = rows.map((row) => row.flatMap((is, expert) => (is === 0 ? [] : [expert])));
  const experts = rows[0]!.length;
  return {
    experts,
    chosen: chosen.map((each) => each.length),
    groupsOf: (groups) =>
      chosen.map((each) => new Set(each.map((expert) => Math.floor((expert * groups) / experts))).size),
  };
}

function biasOf(layer: MixtureOfExperts): readonly number[] | undefined {
  const bias = layer.weights.find(({ originalName }) => originalName.endsWith('selection_bias'));
  return bias && Array.from(bias.read().dataSync());
}

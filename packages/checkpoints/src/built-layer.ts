import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { MixtureOfExperts, type MixtureOfExpertsArgs } from '@tfjs-moe/layers';

/**
 * A layer with all its weights, 0 for the time being, that tfjs regards as used: one that was only built could not be
 * disposed of.
 */
export function builtLayer(args: MixtureOfExpertsArgs, features: number): MixtureOfExperts {
  const layer = new MixtureOfExperts(args);
  layer.setFastWeightInitDuringBuild(true);
  tf.tidy(() => {
    layer.apply(tf.zeros([0, features]));
  });
  return layer;
}

/** The weights of a layer under the names that they have in every layer: `gate/router/kernel`, `expert/kernel_up`. */
export function weightsOf(layer: MixtureOfExperts): Map<string, LayerVariable> {
  const scope = `${layer.name}/`;
  return new Map(
    layer.weights.map((weight) => {
      const { originalName: name } = weight;
      const at = name.lastIndexOf(scope);
      return [at < 0 ? name : name.slice(at + scope.length), weight];
    }),
  );
}

/** Writes numbers into the weights of a layer, by name. */
export function writeWeights(layer: MixtureOfExperts, numbers: ReadonlyMap<string, Float32Array>): void {
  for (const [name, weight] of weightsOf(layer)) {
    const array = numbers.get(name);
    if (array === undefined) continue;
    const value = tf.tensor(array, weight.shape as number[]);
    weight.write(value);
    value.dispose();
  }
}

/** The numbers of all weights of a layer, by name. */
export async function readWeights(layer: MixtureOfExperts): Promise<Map<string, Float32Array>> {
  const numbers = new Map<string, Float32Array>();
  for (const [name, weight] of weightsOf(layer))
    numbers.set(name, (await weight.read().data()) as Float32Array);
  return numbers;
}

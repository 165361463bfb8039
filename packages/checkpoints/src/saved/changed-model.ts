import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel, sequential, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { readWeights, weightsOf } from '../built-layer.ts';
import { changeOf, type Receipt } from '../surgery/operated.ts';
import { type SavedWeight, savedWeights, weightsAsSaved } from './saved-weights.ts';
import type { SavedLayer } from './topology.ts';

/** A saved model of which a part was changed, and how far it is from what it was. */
export interface ChangedModel {
  /** What tfjs saves and loads: for `io.fromMemory`, or `modelFiles` of `@tfjs-moe/checkpoints/node`. */
  readonly artifacts: tf.io.ModelArtifacts;
  /** Name of the mixture in it. */
  readonly layer: string;
  /** Of the mixture, over what it sees of the inputs. */
  readonly receipt: Receipt;
  /** Of the whole model as it is loaded again, over the inputs. */
  readonly model: Receipt;
}

/** Loads what was saved; the optimiser stays out. */
export async function loaded(who: string, artifacts: tf.io.ModelArtifacts): Promise<LayersModel> {
  const { modelTopology } = artifacts;
  if (typeof modelTopology !== 'object' || modelTopology === null || 'node' in modelTopology)
    throw new MoeError(who, 'the model must be one that tf.LayersModel.save has written', artifacts.format);
  const weights = weightsAsSaved(ofModel(savedWeights(who, artifacts)));
  try {
    return await loadLayersModel(tf.io.fromMemory({ modelTopology, ...weights }));
  } catch (cause) {
    const rule = `tfjs must be able to load the saved model (${(cause as Error).message})`;
    throw Object.assign(new MoeError(who, rule), { cause });
  }
}

/** Weights without the state of an optimiser. */
export function ofModel(weights: readonly SavedWeight[]): SavedWeight[] {
  return weights.filter(({ spec }) => spec.group !== 'optimizer');
}

/** Inputs as a list that fits a model. */
export function inputsFor(
  who: string,
  model: LayersModel,
  given: tf.Tensor | readonly tf.Tensor[],
): tf.Tensor[] {
  const inputs = given instanceof tf.Tensor ? [given] : [...given];
  const shapes = model.inputs.map(({ shape }) => shape);
  const fits = (x: tf.Tensor | undefined, shape: readonly (number | null)[]) =>
    x?.shape.length === shape.length && shape.every((size, i) => size === null || size === x.shape[i]);
  if (inputs.length === shapes.length && shapes.every((shape, i) => fits(inputs[i], shape))) return inputs;
  const rule = `the inputs must be of the model's shapes, ${JSON.stringify(shapes)}`;
  throw new MoeError(
    who,
    rule,
    inputs.map((x) => x?.shape),
  );
}

/** The weights of a mixture under their names in files. */
export async function mixtureWeights(layer: MixtureOfExperts): Promise<SavedWeight[]> {
  const variables = weightsOf(layer);
  return [...(await readWeights(layer))].map(([name, numbers]) => ({
    spec: {
      name: `${layer.name}/${name}`,
      shape: variables.get(name)!.shape as number[],
      dtype: variables.get(name)!.dtype as 'float32',
    },
    bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  }));
}

/** The JSON of a mixture as a saved model has it. */
export function mixtureJson(layer: MixtureOfExperts, features: number): SavedLayer {
  const alone = sequential({ layers: [tfLayers.inputLayer({ inputShape: [features] }), layer] });
  const { config } = alone.toJSON(null, false) as unknown as { config: { layers: SavedLayer[] } };
  // The layer has an owner of its own.
  alone.dispose();
  return config.layers.find(({ class_name }) => class_name === layer.getClassName())!;
}

/** Puts a saved model together again, loads it and compares it with the old one. */
export async function changed(
  who: string,
  old: LayersModel,
  inputs: readonly tf.Tensor[],
  artifacts: tf.io.ModelArtifacts,
): Promise<Receipt> {
  const now = await loaded(who, artifacts);
  const outputOf = (model: LayersModel) => {
    const outputs = [model.predict([...inputs])].flat();
    return tf.concat(outputs.map((output) => tf.reshape(output, [-1])));
  };
  try {
    return await changeOf(
      () => outputOf(old),
      () => outputOf(now),
      inputs[0]!.shape[0]!,
    );
  } finally {
    now.dispose();
  }
}

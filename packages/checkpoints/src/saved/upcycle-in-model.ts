import type * as tf from '@tensorflow/tfjs-core';
import { type layers as Layers, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { type UpcycleOptions, upcycle } from '../surgery/upcycle.ts';
import {
  type ChangedModel,
  changed,
  inputsFor,
  loaded,
  mixtureJson,
  mixtureWeights,
} from './changed-model.ts';
import { denseChain } from './dense-chains.ts';
import { layerInputs } from './layer-inputs.ts';
import { replaced } from './operate-in-model.ts';
import { savedWeights, weightsAsSaved } from './saved-weights.ts';
import { placeOf, type SavedLayer } from './topology.ts';

type Layer = Layers.Layer;

/** Options of `upcycleInModel`. */
export interface UpcycleInModelOptions extends Omit<UpcycleOptions, 'args'> {
  /** Names of the Dense layers, in their order. Default: all of the only chain of Dense layers that there is. */
  readonly layers?: readonly string[];
  /** Inputs of the model that both models are compared on. */
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** Further arguments of the mixture, such as its balance losses. */
  readonly args?: Omit<NonNullable<UpcycleOptions['args']>, 'name'>;
}

/**
 * A saved dense model with a mixture of experts in the place of a chain of its Dense layers; everything else is the same, bit
 * for bit.
 *
 * The mixture has the name of the last of the layers, so that all that refers to it stays. Where that one has an activation
 * of its own, as the softmax of a classifier, it goes on as an Activation of this name, behind a mixture called
 * `NAME_mixture`. What an optimiser that was saved too has learnt is dropped.
 *
 * @throws MoeError that names the chains of Dense layers, where there are several and `layers` names none
 * @example
 * const { artifacts, receipt } = await upcycleInModel(await readModel('dense'), { inputs: x, experts: 8 });
 */
export async function upcycleInModel(
  artifacts: tf.io.ModelArtifacts,
  options: UpcycleInModelOptions,
): Promise<ChangedModel> {
  const who = 'upcycleInModel';
  const { inputs: given, layers: names, ...rest } = options;
  expectKnownOptions(who, options, [
    ...['inputs', 'layers', 'experts', 'k', 'method', 'groups', 'ratio', 'seed', 'routerDeviation', 'args'],
  ]);
  const model = await loaded(who, artifacts);
  let tokens: tf.Tensor2D | undefined;
  try {
    const inputs = inputsFor(who, model, given);
    const { dense, path } = denseChain(who, model, names);
    const last = dense.at(-1)!;
    tokens = layerInputs(who, dense[0]!, path, inputs);
    const activation = ownActivation(dense);
    const name = activation === undefined ? last.name : `${last.name}_mixture`;
    const upcycled = (network: readonly Layer[]) =>
      upcycle(network, tokens!, { ...rest, args: { ...rest.args, name } });
    const { layer, receipt } = await (activation === undefined
      ? upcycled(dense)
      : withLinearTwin(last, (twin) => upcycled([...dense.slice(0, -1), twin])));
    try {
      const modelTopology = structuredClone(artifacts.modelTopology) as object;
      putInto(who, modelTopology, dense, mixtureJson(layer, tokens.shape[1]), activation);
      const gone = new Set(dense.flatMap(({ weights }) => weights.map(({ originalName }) => originalName)));
      const weights = replaced(savedWeights(who, artifacts), gone, await mixtureWeights(layer));
      const after = { ...artifacts, modelTopology, ...weightsAsSaved(weights) };
      return { artifacts: after, layer: name, receipt, model: await changed(who, model, inputs, after) };
    } finally {
      layer.dispose();
    }
  } finally {
    tokens?.dispose();
    model.dispose();
  }
}

/** The activation of the last layer, where it is no part of the experts. */
function ownActivation(dense: readonly Layer[]): string | undefined {
  const { activation } = dense.at(-1)!.getConfig() as { activation: string };
  return activation === 'linear' ? undefined : activation;
}

/** Work with a Dense layer that has the numbers of another, and not its activation. */
async function withLinearTwin<T>(layer: Layer, work: (twin: Layer) => Promise<T>): Promise<T> {
  const { units, useBias } = layer.getConfig() as { units: number; useBias: boolean };
  const weights = layer.getWeights();
  const twin = tfLayers.dense({ units, useBias });
  twin.build([null, weights[0]!.shape[0]!]);
  twin.setWeights(weights);
  try {
    return await work(twin);
  } finally {
    for (const weight of twin.weights) weight.dispose();
  }
}

/** Writes a mixture into the JSON of a model, in the place of Dense layers. */
function putInto(
  who: string,
  topology: object,
  dense: readonly Layer[],
  mixture: SavedLayer,
  activation: string | undefined,
): void {
  const { list, at } = placeOf(who, topology, dense[0]!.name);
  const first = list[at]!;
  const { batch_input_shape: shape, dtype } = first.config;
  const start = shape === undefined ? {} : { batch_input_shape: shape, dtype };
  const { name } = dense.at(-1)!;
  const isGraph = first.inbound_nodes !== undefined;
  const own = mixture.config.name as string;
  const places = dense.map((each) => placeOf(who, topology, each.name));
  if (places.some((place) => place.list !== list))
    throw new MoeError(who, 'the layers must stand in one model', name);
  const { batch_input_shape: _, ...config } = mixture.config;
  const entry: SavedLayer = {
    class_name: mixture.class_name,
    config: { ...config, ...start },
    ...(isGraph && { name: own, inbound_nodes: first.inbound_nodes }),
  };
  const after: SavedLayer = {
    class_name: 'Activation',
    config: { activation, name, trainable: true },
    // A layer that is called several times goes on behind each call of the mixture.
    ...(isGraph && {
      name,
      inbound_nodes: (first.inbound_nodes as unknown[]).map((_, call) => [[own, call, 0, {}]]),
    }),
  };
  // From the end on, so that places stay what they are.
  for (const place of [...places].sort((a, b) => b.at - a.at)) list.splice(place.at, 1);
  list.splice(
    Math.min(...places.map((place) => place.at)),
    0,
    entry,
    ...(activation === undefined ? [] : [after]),
  );
}

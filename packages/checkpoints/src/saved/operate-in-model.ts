import type * as tf from '@tensorflow/tfjs-core';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '@tfjs-moe/layers';
import type { Operated } from '../surgery/operated.ts';
import {
  type ChangedModel,
  changed,
  inputsFor,
  loaded,
  mixtureJson,
  mixtureWeights,
  ofModel,
} from './changed-model.ts';
import { layerInputs, layersWithin } from './layer-inputs.ts';
import { type SavedWeight, savedWeights, weightsAsSaved } from './saved-weights.ts';
import { placeOf } from './topology.ts';

/** Options of `operateInModel`. */
export interface OperateInModelOptions<Result extends Operated> {
  /** Name of the mixture. Default: the only one there is. */
  readonly layer?: string;
  /** Inputs of the model, like those that it will see: what they become on their way is what the mixture is judged by. */
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** What is done to the mixture, on the tokens that it sees, [T, D]. */
  readonly operate: (layer: MixtureOfExperts, tokens: tf.Tensor2D) => Promise<Result>;
}

/**
 * Surgery on a mixture inside a saved model: a file goes in, a file comes out, of which everything but the mixture is the
 * same, bit for bit. A model may stand inside the model, and the mixture in that.
 *
 * What an optimiser that was saved too has learnt is dropped, since its numbers belong to weights of other shapes; which
 * optimiser it was stays. What the operation says beside its layer is in `result`.
 *
 * @param artifacts a saved model, as `model.save` hands them to `io.withSaveHandler`, or `readModel` of
 *   `@tfjs-moe/checkpoints/node` reads them
 * @throws MoeError that names the mixtures, where there are several and none is named
 * @example
 * const { artifacts, receipt } = await operateInModel(await readModel('model'), {
 *   inputs: x,
 *   operate: (moe, tokens) => pruneExperts(moe, tokens, { to: 6 }),
 * });
 * await writeFolder('pruned', modelFiles(artifacts));
 */
export async function operateInModel<Result extends Operated>(
  artifacts: tf.io.ModelArtifacts,
  options: OperateInModelOptions<Result>,
): Promise<ChangedModel & { readonly result: Omit<Result, 'layer' | 'receipt'> }> {
  const who = 'operateInModel';
  expectKnownOptions(who, options, ['layer', 'inputs', 'operate']);
  const model = await loaded(who, artifacts);
  let tokens: tf.Tensor2D | undefined;
  try {
    const inputs = inputsFor(who, model, options.inputs);
    const { layer, path } = mixtureIn(who, layersWithin(model), options.layer);
    tokens = layerInputs(who, layer, path, inputs);
    const { layer: now, receipt, ...result } = await options.operate(layer, tokens);
    try {
      const modelTopology = structuredClone(artifacts.modelTopology) as object;
      const { list, at } = placeOf(who, modelTopology, layer.name);
      const { name: _, batch_input_shape: first, ...config } = list[at]!.config;
      const json = mixtureJson(now, tokens.shape[1]);
      list[at] = {
        ...list[at]!,
        config: {
          ...json.config,
          name: layer.name,
          trainable: config.trainable,
          ...(first !== undefined && { batch_input_shape: first, dtype: config.dtype }),
        },
      };
      const names = new Set(layer.weights.map(({ originalName }) => originalName));
      const weights = replaced(savedWeights(who, artifacts), names, await mixtureWeights(now));
      const after = { ...artifacts, modelTopology, ...weightsAsSaved(weights) };
      return {
        artifacts: after,
        layer: layer.name,
        receipt,
        model: await changed(who, model, inputs, after),
        result,
      };
    } finally {
      now.dispose();
    }
  } finally {
    tokens?.dispose();
    model.dispose();
  }
}

/** Weights of which some are others, in the place of the first; without what an optimiser has learnt. */
export function replaced(
  weights: readonly SavedWeight[],
  names: ReadonlySet<string>,
  others: readonly SavedWeight[],
): SavedWeight[] {
  const own = ofModel(weights);
  const isOld = ({ spec }: SavedWeight) => names.has(spec.name);
  const at = own.findIndex(isOld);
  return [...own.slice(0, at), ...others, ...own.slice(at).filter((each) => !isOld(each))];
}

function mixtureIn(who: string, all: ReturnType<typeof layersWithin>, wanted: string | undefined) {
  const mixtures = all.flatMap(({ layer, path }) =>
    layer instanceof MixtureOfExperts ? [{ layer, path }] : [],
  );
  const named = wanted === undefined ? mixtures : mixtures.filter(({ layer }) => layer.name === wanted);
  if (named.length === 1) return named[0]!;
  const names = mixtures.map(({ layer }) => layer.name);
  if (names.length === 0) throw new MoeError(who, 'no layer of the model is a mixture of experts');
  const rule = `layer must be the name of one mixture of the model: ${names.join(', ')}`;
  throw new MoeError(who, rule, wanted);
}

import * as tf from '@tensorflow/tfjs-core';
import {
  type layers as Layers,
  LayersModel,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';

type Layer = Layers.Layer;

/** The layers of a model and of the models inside it, each with the models that it stands in, the outermost first. */
export function layersWithin(
  model: LayersModel,
  path: readonly LayersModel[] = [],
): { readonly layer: Layer; readonly path: readonly LayersModel[] }[] {
  const here = [...path, model];
  return model.layers.flatMap((layer) => [
    { layer, path: here },
    ...(layer instanceof LayersModel ? layersWithin(layer, here) : []),
  ]);
}

/**
 * What a layer inside a model sees of inputs of the model, [tokens, D], of all its calls one after the other.
 * @param path the models that it stands in, the outermost first
 */
export function layerInputs(
  who: string,
  layer: Layer,
  path: readonly LayersModel[],
  inputs: readonly tf.Tensor[],
): tf.Tensor2D {
  return tf.tidy(() => {
    let values = [inputs];
    path.forEach((model, i) => {
      const next = path[i + 1] ?? layer;
      values = values.flatMap((each) => callsOf(model, next).map((call) => evaluated(model, call, each)));
    });
    if (values.length === 0) throw new MoeError(who, 'the layer must be called in the model', layer.name);
    const rows = values.map(([x]) => tf.reshape(x!, [-1, x!.shape.at(-1)!]));
    return tf.concat(rows, 0) as tf.Tensor2D;
  });
}

/** The inputs of every call of a layer that belongs to a model. */
function callsOf(model: LayersModel, layer: Layer): SymbolicTensor[][] {
  const [own, given] = [new Set(model.layers), new Set(model.inputs.map(({ id }) => id))];
  return layer.inboundNodes
    .map(({ inputTensors }) => inputTensors)
    .filter((tensors) => tensors.every(({ id, sourceLayer }) => given.has(id) || own.has(sourceLayer)));
}

function evaluated(
  model: LayersModel,
  outputs: readonly SymbolicTensor[],
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  return outputs.map((output) => {
    const at = model.inputs.findIndex(({ id }) => id === output.id);
    if (at >= 0) return inputs[at]!;
    const part = modelOf({ inputs: model.inputs, outputs: output });
    return part.apply([...inputs]) as tf.Tensor;
  });
}

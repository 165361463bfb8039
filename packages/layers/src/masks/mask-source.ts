import * as tf from '@tensorflow/tfjs-core';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/**
 * Where the mask of a layer's input comes from:
 *
 * - `graph`: a layer of the same model made it, and the layers in between hand it on;
 * - `caller`: all layers up to the only input of the model hand masks on, so the mask of that input, if it has one, is
 *   the mask of this one;
 * - `none`: a layer in between hands no mask on, or the model has several inputs, of which tfjs mentions the first mask
 *   alone.
 */
export type MaskSource = 'graph' | 'caller' | 'none';

type Node = layers.Layer['inboundNodes'][number];

/**
 * The source of the mask of one input, read from the history of the symbolic tensor by the rules of tfjs: a mask is what
 * `computeMask` of the layer before returns, where that layer supports masking.
 */
export function maskSource(input: SymbolicTensor): MaskSource {
  if (isMasked(input, false)) return 'graph';
  return isMasked(input, true) && inputsAround(input.sourceLayer) === 1 ? 'caller' : 'none';
}

/**
 * @param masked whether the inputs of the model are taken to have masks
 * @param known what was found out so far: a residual network has more ways back than anybody could walk
 */
function isMasked(
  tensor: SymbolicTensor,
  masked: boolean,
  known: Map<SymbolicTensor, boolean> = new Map(),
): boolean {
  const before = known.get(tensor);
  if (before !== undefined) return before;
  const { nodeIndex, sourceLayer } = tensor;
  const node = sourceLayer.inboundNodes[nodeIndex]!;
  const answer = isInput(sourceLayer)
    ? masked
    : sourceLayer.supportsMasking &&
      handsOn(
        sourceLayer,
        node,
        node.inputTensors.map((input) => isMasked(input, masked, known)),
      );
  known.set(tensor, answer);
  return answer;
}

/** Whether the output of a layer has a mask, given which inputs have. */
function handsOn(layer: layers.Layer, { inputTensors }: Node, masked: readonly boolean[]): boolean {
  if (layer.computeMask === layers.Layer.prototype.computeMask) return masked[0] === true;
  // What a layer does with masks is known to its computeMask alone, so it is asked, about one row of zeros.
  return tf.tidy(() => {
    try {
      const inputs = inputTensors.map(({ shape, dtype }) =>
        tf.zeros(
          shape.map((size) => size ?? 1),
          dtype,
        ),
      );
      const masks = inputs.map(({ shape }, i) =>
        masked[i] ? tf.ones(shape.slice(0, Math.max(1, shape.length - 1)), 'bool') : null,
      );
      const found = layer.computeMask(inputs, masks as tf.Tensor[]) as tf.Tensor | tf.Tensor[] | null;
      return (Array.isArray(found) ? found[0] : found) != null;
    } catch {
      return masked.some(Boolean);
    }
  });
}

/** The number of inputs of the graph in which a layer stands. */
function inputsAround(start: layers.Layer): number {
  const graph = new Set([start]);
  // A set may grow while it is walked through.
  for (const layer of graph) {
    for (const { inboundLayers, outboundLayer } of [...layer.inboundNodes, ...layer.outboundNodes]) {
      for (const neighbour of [outboundLayer, ...inboundLayers]) graph.add(neighbour);
    }
  }
  return [...graph].filter(isInput).length;
}

function isInput(layer: layers.Layer): boolean {
  return layer.getClassName() === 'InputLayer';
}

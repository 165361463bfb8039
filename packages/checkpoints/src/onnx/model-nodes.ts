import type { layers as Layers, LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '@tfjs-moe/layers';
import type { OnnxGraph } from './graph.ts';
import { mixtureNodes, type Operators } from './mixture-nodes.ts';

type Layer = Layers.Layer;
type Writer = (graph: OnnxGraph, layer: Layer, inputs: readonly string[]) => string | Promise<string>;

/** The nodes of a whole model, layer by layer; `inputs` and the values returned are in the model's order. */
export async function modelNodes(
  graph: OnnxGraph,
  model: LayersModel,
  inputs: readonly string[],
  operators: Operators,
): Promise<string[]> {
  const values = new Map<number, string>();
  model.inputs.forEach((tensor, i) => {
    values.set(tensor.id, inputs[i]!);
  });
  const nodesOf = async (tensor: SymbolicTensor): Promise<string> => {
    const known = values.get(tensor.id);
    if (known !== undefined) return known;
    const { sourceLayer, nodeIndex } = tensor;
    const { inputTensors } = sourceLayer.inboundNodes[nodeIndex]!;
    const given: string[] = [];
    for (const each of inputTensors) given.push(await nodesOf(each));
    const value = await layerNodes(graph, sourceLayer, given, operators);
    values.set(tensor.id, value);
    return value;
  };
  const outputs: string[] = [];
  for (const tensor of model.outputs) outputs.push(await nodesOf(tensor));
  return outputs;
}

async function layerNodes(
  graph: OnnxGraph,
  layer: Layer,
  inputs: readonly string[],
  operators: Operators,
): Promise<string> {
  if (layer instanceof MixtureOfExperts) return mixtureNodes(graph, layer, inputs[0]!, operators);
  const kind = layer.getClassName();
  const write = Object.hasOwn(writers, kind) ? writers[kind] : undefined;
  if (write === undefined)
    throw new MoeError(
      'exportOnnx',
      `layers must be one of ${Object.keys(writers).join(', ')}, MixtureOfExperts`,
      kind,
    );
  return write(graph, layer, inputs);
}

const same: Writer = (_, __, [x]) => x!;

const writers: Readonly<Record<string, Writer>> = {
  Dense: async (graph, layer, [x]) => {
    const [kernel, bias] = layer.getWeights();
    const product = graph.node('MatMul', [x!, await constant(graph, kernel!, layer, 'kernel')]);
    const sum = bias ? graph.node('Add', [product, await constant(graph, bias, layer, 'bias')]) : product;
    return activated(graph, layer, sum);
  },
  Activation: (graph, layer, [x]) => activated(graph, layer, x!),
  ReLU: (graph, _, [x]) => graph.node('Relu', [x!]),
  Softmax: (graph, _, [x]) => graph.node('Softmax', [x!], { axis: -1 }),
  Flatten: (graph, _, [x]) => graph.node('Flatten', [x!], { axis: 1 }),
  Reshape: (graph, layer, [x]) => {
    const { targetShape } = layer.getConfig() as { targetShape: number[] };
    return graph.node('Reshape', [x!, graph.integers([0, ...targetShape.map((size) => size ?? -1)])]);
  },
  LayerNormalization: async (graph, layer, [x]) => {
    const { axis, epsilon, scale, center } = layer.getConfig() as Record<string, number | boolean | number[]>;
    const rank = (layer.inboundNodes[0]!.inputShapes[0] as number[]).length;
    const isLast = ['-1', `${rank - 1}`].includes([axis].flat().join());
    const weights = layer.getWeights();
    const features = weights[0]?.size;
    if (!isLast || scale === false || features === undefined)
      throw new MoeError('exportOnnx', 'a LayerNormalization must have a scale, over the last axis', axis);
    const parts = [x!, await constant(graph, weights[0]!, layer, 'gamma')];
    if (center !== false) parts.push(await constant(graph, weights[1]!, layer, 'beta'));
    return graph.node('LayerNormalization', parts, { axis: -1, epsilon: { float: epsilon as number } });
  },
  Add: (graph, _, inputs) => inputs.reduce((a, b) => graph.node('Add', [a, b])),
  Multiply: (graph, _, inputs) => inputs.reduce((a, b) => graph.node('Mul', [a, b])),
  Concatenate: (graph, layer, inputs) =>
    graph.node('Concat', inputs, { axis: (layer.getConfig() as { axis: number }).axis }),
  Dropout: same,
  GaussianNoise: same,
  GaussianDropout: same,
  AlphaDropout: same,
};

async function constant(
  graph: OnnxGraph,
  weight: { readonly shape: readonly number[]; data(): Promise<unknown> },
  layer: Layer,
  name: string,
): Promise<string> {
  return graph.floats((await weight.data()) as Float32Array, weight.shape, `${layer.name}/${name}`);
}

function activated(graph: OnnxGraph, layer: Layer, x: string): string {
  const { activation } = layer.getConfig() as { activation: string };
  const sigmoid = () => graph.node('Sigmoid', [x]);
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return graph.node('Relu', [x]);
    case 'elu':
      return graph.node('Elu', [x]);
    case 'selu':
      return graph.node('Selu', [x]);
    case 'sigmoid':
      return sigmoid();
    case 'softplus':
      return graph.node('Softplus', [x]);
    case 'softsign':
      return graph.node('Softsign', [x]);
    case 'tanh':
      return graph.node('Tanh', [x]);
    case 'softmax':
      return graph.node('Softmax', [x], { axis: -1 });
    case 'swish':
      return graph.node('Mul', [x, sigmoid()]);
    default:
      throw new MoeError(
        'exportOnnx',
        `the activation of ${layer.name} has no ONNX operator here`,
        activation,
      );
  }
}

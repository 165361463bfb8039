import {
  type Expert,
  type GateParamSpec,
  getExpert,
  MoeError,
  mapNames,
  type OptionsJson,
  type ParamSpec,
  replicate,
} from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { readWeights } from '../built-layer.ts';
import type { OnnxGraph } from './graph.ts';
import { expectShares, microsoftMoe } from './microsoft-moe.ts';
import { type OnnxValue, onnxOps } from './onnx-ops.ts';

type Options = Readonly<Record<string, OptionsJson[string]>>;
type Numbers = ReadonlyMap<string, Float32Array>;

/** Which operators a mixture is written in. */
export type Operators = 'plain' | 'com.microsoft';

/**
 * The nodes of a layer in evaluation mode: from `x`, [..., D], to [..., U]. Of plain operators every expert computes every
 * token, and weights are 0 where a token is not sent.
 */
export async function mixtureNodes(
  graph: OnnxGraph,
  layer: MixtureOfExperts,
  x: string,
  operators: Operators,
): Promise<string> {
  const who = 'exportOnnx';
  const { gate } = layer;
  const config = layer.getConfig() as unknown as Options;
  if (!layer.built) throw new MoeError(who, 'the layer must be built', layer.name);
  if (gate.inputs !== undefined || gate.mix !== undefined)
    throw new MoeError(
      who,
      'a gate with side inputs, or one that mixes tokens, has no plain ONNX graph',
      gate.kind,
    );
  if (config.capacity !== null)
    throw new MoeError(
      who,
      'a layer that drops tokens has no plain ONNX graph; leave capacity out',
      config.capacity,
    );
  const experts = config.experts as number;
  const expert = expertOf(config.expert!, layer.name);
  const numbers = await readWeights(layer);
  const [features, units] = sizesOf(layer);
  const at = (axes: readonly (number | string)[]) => node('Concat', [...axes.map(axisOf)], { axis: 0 });
  const { node } = graph;
  const axisOf = (axis: number | string) => (typeof axis === 'number' ? graph.integers([axis]) : axis);
  const outer = node('Slice', [node('Shape', [x]), graph.integers([0]), graph.integers([-1])]);
  const tokens: OnnxValue = {
    name: node('Reshape', [x, graph.integers([1, -1, features])]),
    experts: 1,
    hasTokens: true,
    features,
  };

  const ops = onnxOps(graph);
  const ofGate = parameters(graph, gate.params(features, experts), 'gate', numbers);
  const routing = gate.route(ops, tokens, ofGate, { experts, training: false });
  const isAtInput = config.weightAt === 'input';
  const plain = () => {
    const ofExperts = parameters(
      graph,
      replicate(expert.params(features, units), experts),
      'expert',
      numbers,
    );
    const input = isAtInput ? ops.mul(tokens, routing.weights) : tokens;
    const weights = isAtInput
      ? routing.choices.reduce((all, choice) => ops.add(all, choice))
      : routing.weights;
    return sumOf(graph, ops.mul(weights, expert.apply(ops, input, ofExperts)));
  };
  const microsoft = async () => {
    if (isAtInput)
      throw new MoeError(who, 'com.microsoft.MoE has weights at the output of experts alone', gate.kind);
    const k = gate.expertsPerToken(experts);
    await expectShares(who, layer, features, k);
    const specs = expert.params(features, units) as Readonly<Record<string, ParamSpec>>;
    const own = mapNames(replicate(specs, experts), (spec, name) => {
      const stored = inBox(numbersOf(numbers, `expert/${name}`), spec);
      // The operator has no parameter that experts share.
      return spec.copies === 1 ? repeated(stored, experts) : stored;
    });
    return microsoftMoe(graph, { expert, weights: routing.weights, k, tokens, units, numbers: own });
  };
  const routed = operators === 'plain' ? plain() : await microsoft();
  const shared = config.shared as Options | null | undefined;
  const sum = shared ? node('Add', [routed, sharedNodes(graph, shared, tokens, units, numbers)]) : routed;
  return node('Reshape', [sum, at([outer, units])]);
}

/** The experts of a layer are of a kind that is registered, or else they are layers, or of several kinds. */
function expertOf(config: OptionsJson[string], layer: string): Expert {
  try {
    return getExpert(config as never, 'exportOnnx');
  } catch {
    const rule = 'experts that are layers, or of several kinds, have no ONNX graph here';
    throw new MoeError('exportOnnx', rule, layer);
  }
}

function sizesOf(layer: MixtureOfExperts): readonly [features: number, units: number] {
  const [node] = layer.inboundNodes;
  const [input, output] = [node?.inputShapes[0], node?.outputShapes[0]];
  const features = (input as number[] | undefined)?.at(-1) ?? kernelFeatures(layer);
  const units =
    (output as number[] | undefined)?.at(-1) ??
    (layer.computeOutputShape([null, features]) as number[]).at(-1)!;
  return [features, units];
}

/** The features that a layer was built for, where no node of a model says it. */
function kernelFeatures(layer: MixtureOfExperts): number {
  const spec = layer.weights.find(({ originalName }) => /gate\/.*kernel$/.test(originalName));
  if (spec !== undefined) return (spec.shape as number[])[1]!;
  throw new MoeError('exportOnnx', 'a layer whose gate has no kernel must stand in a model', layer.name);
}

function sharedNodes(
  graph: OnnxGraph,
  shared: Options,
  x: OnnxValue,
  units: number,
  numbers: Numbers,
): string {
  const ops = onnxOps(graph);
  const expert = getExpert(shared.expert as never, 'exportOnnx');
  const isGated = shared.gate === 'sigmoid';
  const initializer = { kind: 'zeros' } as const;
  const ofGate = { 'gate/kernel': { shape: [x.features, 1] as const, initializer } };
  const specs = replicate(
    { ...expert.params(x.features, units), ...(isGated && ofGate) },
    shared.count as number,
  );
  const p = parameters(graph, specs, 'shared', numbers);
  const output = expert.apply(ops, x, p);
  return sumOf(
    graph,
    isGated ? ops.mul(output, ops.affine(x, p['gate/kernel']!, undefined, 'sigmoid')) : output,
  );
}

function sumOf(graph: OnnxGraph, a: OnnxValue): string {
  return graph.node('ReduceSum', [a.name, graph.integers([0])], { keepdims: 1 });
}

/** Parameters as constants of the graph, inside their boxes. */
function parameters(
  graph: OnnxGraph,
  specs: Readonly<Record<string, GateParamSpec>>,
  path: string,
  numbers: Numbers,
): Record<string, OnnxValue> {
  return mapNames(specs, (spec, name) => {
    const { shape, copies } = spec;
    const inside = inBox(numbersOf(numbers, `${path}/${name}`), spec);
    const features = shape.at(-1)!;
    const axes = shape.length === 2 ? [copies, ...shape] : [copies, 1, features];
    return {
      name: graph.floats(inside, axes, `${path}/${name}`),
      experts: copies,
      hasTokens: false,
      features,
    };
  });
}

function numbersOf(numbers: Numbers, name: string): Float32Array {
  const stored = numbers.get(name);
  if (stored === undefined) throw new MoeError('exportOnnx', 'the layer has no weight for', name);
  return stored;
}

/** The numbers of a parameter as a layer uses them, inside its box. */
function inBox(stored: Float32Array, { constraint }: ParamSpec): Float32Array {
  const { min = -Infinity, max = Infinity } = constraint ?? {};
  return constraint ? stored.map((value) => Math.min(Math.max(value, min), max)) : stored;
}

function repeated(numbers: Float32Array, times: number): Float32Array {
  const all = new Float32Array(numbers.length * times);
  for (let i = 0; i < times; i++) all.set(numbers, i * numbers.length);
  return all;
}

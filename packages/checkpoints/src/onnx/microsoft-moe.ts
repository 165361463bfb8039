import * as tf from '@tensorflow/tfjs-core';
import { type Expert, MoeError } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { routingArrays } from '../surgery/routing-arrays.ts';
import { type AffineNames, type ExpertShape, expertShape } from './expert-shape.ts';
import type { Attributes, OnnxGraph } from './graph.ts';
import type { OnnxValue } from './onnx-ops.ts';

/** Below the smallest normal number there is no logarithm everywhere. */
const TINY = 2 ** -126;

/** What the operator is made of. */
export interface MicrosoftMoe {
  readonly expert: Expert;
  /** The weights of the routing, [E, T, 1]. */
  readonly weights: OnnxValue;
  /** The most experts for a token. */
  readonly k: number;
  /** [1, T, D]. */
  readonly tokens: OnnxValue;
  readonly units: number;
  /** The numbers of the experts' parameters, by name, one expert after the other. */
  readonly numbers: Readonly<Record<string, Float32Array>>;
}

/**
 * The routed experts as one operator `com.microsoft.MoE`: [1, T, U].
 *
 * The operator makes weights of logits by a softmax, and divides those of the selected experts by their sum. With logarithms
 * of the weights as its logits it has the weights over their sum, whatever gate they come from, and the sum is multiplied to
 * what it returns. Source: the operator's documentation and its kernels in onnxruntime 1.30.
 */
export function microsoftMoe(graph: OnnxGraph, moe: MicrosoftMoe): string {
  const who = 'exportOnnx';
  const { node } = graph;
  const { expert, k, numbers, tokens, units, weights } = moe;
  const { features } = tokens;
  const { experts } = weights;
  if (units !== features)
    throw new MoeError(who, `com.microsoft.MoE gives as many numbers as it takes (${features})`, units);
  const shape = expertShape(who, expert, features, units);
  const x = node('Reshape', [tokens.name, graph.integers([-1, features])]);
  const byToken = node('Transpose', [weights.name], { perm: [1, 0, 2] });
  const w = node('Reshape', [byToken, graph.integers([-1, experts])]);
  const logits = node('Log', [node('Max', [w, graph.floats([TINY], [1, 1])])]);
  const y = node('com.microsoft.MoE', [x, logits, ...kernelsOf(graph, shape, numbers, experts, features)], {
    k,
    normalize_routing_weights: 1,
    ...activationOf(shape),
  });
  const sum = node('ReduceSum', [w, graph.integers([1])], { keepdims: 1 });
  return node('Reshape', [node('Mul', [y, sum]), graph.integers([1, -1, units])]);
}

/** Tokens that a gate is asked about. */
const TRIED = 64;

/**
 * The operator's weights are a softmax's, of at most k experts. Gates of this project keep to both by their formulas; one of
 * somebody's own is asked, over tokens drawn from the normal distribution.
 * @throws MoeError for weights below 0, and for more than k others than 0
 */
export async function expectShares(
  who: string,
  layer: MixtureOfExperts,
  features: number,
  k: number,
): Promise<void> {
  const x = tf.randomNormal([TRIED, features], 0, 1, 'float32', 1) as tf.Tensor2D;
  const { weights } = await routingArrays(layer, x);
  x.dispose();
  const least = Math.min(...weights.flat());
  if (least < 0) throw new MoeError(who, 'com.microsoft.MoE has no weights below 0', least);
  const most = Math.max(...weights.map((row) => row.filter((weight) => weight !== 0).length));
  if (most > k)
    throw new MoeError(who, `com.microsoft.MoE has the k experts (${k}) that the gate names`, most);
}

function activationOf(shape: ExpertShape): Attributes {
  if (shape.second === undefined)
    return { activation_type: shape.activation === 'geluTanh' ? 'gelu' : shape.activation };
  const { alpha, beta, limit } = shape.swiGlu;
  return {
    activation_type: 'swiglu',
    // Rows of gate and up take turns, the only way in which all runtimes have it.
    swiglu_fusion: 1,
    activation_alpha: { float: alpha },
    activation_beta: { float: beta },
    ...(Number.isFinite(limit) && { swiglu_limit: { float: limit } }),
  };
}

/** Kernels [E, out, in] and biases [E, out] in the operator's order; of a bias that is not there the name is empty. */
function kernelsOf(
  graph: OnnxGraph,
  { first, last, second }: ExpertShape,
  numbers: MicrosoftMoe['numbers'],
  experts: number,
  features: number,
): string[] {
  const maps = second === undefined ? [first] : [first, second];
  const hidden = numbers[first.kernel]!.length / experts / features;
  const tensor = (kernel: Float32Array, shape: number[], name: string) =>
    graph.floats(kernel, [experts, ...shape], `expert/${name}`);
  const bias = (all: readonly AffineNames[], size: number) =>
    all.some((map) => map.bias !== undefined)
      ? tensor(
          inTurn(
            all.map((map) => numbers[map.bias ?? ''] ?? new Float32Array(experts * size)),
            1,
          ),
          [all.length * size],
          'bias',
        )
      : '';
  const into = maps.map((map) => transposed(numbers[map.kernel]!, experts, features, hidden));
  const out = transposed(numbers[last.kernel]!, experts, hidden, features);
  return [
    tensor(inTurn(into, features), [maps.length * hidden, features], 'kernel_in'),
    bias(maps, hidden),
    tensor(out, [features, hidden], 'kernel_out'),
    bias([last], features),
  ];
}

/** Kernels [E, in, out] as [E, out, in]. */
function transposed(kernel: Float32Array, experts: number, rows: number, columns: number): Float32Array {
  const result = new Float32Array(kernel.length);
  for (let e = 0; e < experts; e++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        result[(e * columns + c) * rows + r] = kernel[(e * rows + r) * columns + c]!;
  return result;
}

/** Rows of several arrays in turn: the first of each, then the second of each. */
function inTurn(arrays: readonly Float32Array[], size: number): Float32Array {
  const result = new Float32Array(arrays.length * arrays[0]!.length);
  arrays.forEach((array, i) => {
    for (let row = 0; row * size < array.length; row++)
      result.set(array.subarray(row * size, (row + 1) * size), (row * arrays.length + i) * size);
  });
  return result;
}

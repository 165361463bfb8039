/**
 * A layer as an ONNX file with onnxruntime's own operator for it, `com.microsoft.MoE`: a softmax over a linear router, top-K,
 * weights over their sum where there are several, and experts of two maps with ReLU between them.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import type { Sizes } from './feed-forward.ts';

/** The file. The layer is `topK({ k })` over `ffn({ hiddenUnits: H })`, with biases. */
export function onnxMixture(layer: MixtureOfExperts, { D, H, E, K }: Sizes): Uint8Array {
  const named = new Map(layer.weights.map((weight) => [weight.originalName, weight.read()]));
  const numbersOf = (end: string) => {
    const [, weight] = [...named].find(([name]) => name.endsWith(end))!;
    return (weight as tf.Tensor).dataSync() as Float32Array;
  };
  const initializers = [
    tensor('router', [D, E], transposed(numbersOf('gate/router/kernel'), 1, E, D)),
    tensor('bias', [E], numbersOf('gate/bias')),
    tensor('fc1', [E, H, D], transposed(numbersOf('layer_1/kernel'), E, D, H)),
    tensor('b1', [E, H], numbersOf('layer_1/bias')),
    tensor('fc2', [E, D, H], transposed(numbersOf('layer_2/kernel'), E, H, D)),
    tensor('b2', [E, D], numbersOf('layer_2/bias')),
  ];
  const nodes = [
    node('MatMul', ['x', 'router'], ['scores']),
    node('Add', ['scores', 'bias'], ['logits']),
    node(
      'MoE',
      ['x', 'logits', 'fc1', 'b1', 'fc2', 'b2'],
      ['y'],
      [
        text(7, 'com.microsoft'),
        message(5, [text(1, 'k'), integer(3, K), integer(20, 2)]),
        message(5, [text(1, 'activation_type'), text(4, 'relu'), integer(20, 3)]),
        // One weight over its sum would be 1: the layer leaves it as it is.
        message(5, [text(1, 'normalize_routing_weights'), integer(3, K > 1 ? 1 : 0), integer(20, 2)]),
      ],
    ),
  ];
  const graph = [
    ...nodes.map((each) => message(1, each)),
    text(2, 'mixture'),
    ...initializers.map((each) => message(5, each)),
    message(11, value('x', D)),
    message(12, value('y', D)),
  ];
  return joined([
    integer(1, 8),
    message(7, graph),
    message(8, [text(1, ''), integer(2, 17)]),
    message(8, [text(1, 'com.microsoft'), integer(2, 1)]),
  ]);
}

/** [count, rows, columns] as [count, columns, rows]. */
function transposed(from: Float32Array, count: number, rows: number, columns: number): Float32Array {
  const to = new Float32Array(from.length);
  for (let m = 0; m < count; m++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        to[(m * columns + c) * rows + r] = from[(m * rows + r) * columns + c]!;
  return to;
}

function node(type: string, inputs: string[], outputs: string[], more: Uint8Array[] = []): Uint8Array[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, type),
    ...more,
  ];
}

function tensor(name: string, shape: readonly number[], numbers: Float32Array): Uint8Array[] {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return [...shape.map((size) => integer(1, size)), integer(2, 1), text(8, name), message(9, [bytes])];
}

/** Rows of `features` float32 numbers. */
function value(name: string, features: number): Uint8Array[] {
  const axes = [message(1, [text(2, 'tokens')]), message(1, [integer(1, features)])];
  return [text(1, name), message(2, [message(1, [integer(1, 1), message(2, axes)])])];
}

// Fields of protocol buffers: a number, a text, or what is inside another message.

function integer(field: number, number: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8), ...varint(number)]);
}

function text(field: number, content: string): Uint8Array {
  return message(field, [new TextEncoder().encode(content)]);
}

function message(field: number, content: readonly Uint8Array[]): Uint8Array {
  const inside = joined(content);
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(inside.length)]), inside]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function varint(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))];
}

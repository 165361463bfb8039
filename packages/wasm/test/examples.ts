/** Calls of every kernel, for the tables of what operands may hold. */
import * as tf from '@tensorflow/tfjs-core';
import {
  ADAM,
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  NORMALIZE_ROWS,
  NORMALIZE_ROWS_GRADIENT,
  SORT_BY_EXPERT,
  SUM_GROUPS,
  SUM_ROWS,
  TOP_K_MASKS,
} from '@tfjs-moe/core/kernels';
import { register, unregister } from '../src/index.ts';
import { FORWARD } from '../src/kernels/forward.ts';
import { moeKernels } from '../src/kernels/index.ts';
import { TRAINING } from '../src/kernels/training.ts';
import { TRAINING_GRADIENT } from '../src/kernels/training-gradient.ts';
import { stockKernels } from '../src/stock/index.ts';
import type { StockKernel } from '../src/stock/stock-kernel.ts';
import { run } from './backend.ts';

/** One call of every kernel: the shapes of its operands, and its attributes. */
export interface Example {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly attrs?: Record<string, unknown>;
  /** Operands that not any numbers will do for. */
  readonly numbers?: Readonly<Record<string, readonly number[]>>;
  /** Results with places that are never written nor read: there may be anything. */
  readonly kept?: readonly number[];
}

const convolution = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
const pair = { shapes: { a: [3, 4], b: [4] } };
const wide = { shapes: { x: [6, 5] } };

const wholeLayer = {
  shapes: {
    x: [3, 2],
    router: [4, 2],
    bias: [4],
    selectionBias: [4],
    mask: [3],
    'expert/kernel': [4, 2, 3],
  },
  attrs: {
    ...{ perToken: 2, isSigmoid: false, by: 0, divides: true, scale: 1, temperature: 0, metrics: true },
    program: [{ operation: 'affine', from: 0, kernel: 'expert/kernel', depth: 2, units: 3 }],
  },
};

const step = {
  from: 0,
  other: 0,
  value: 0,
  tokens: true,
  experts: false,
  isExact: false,
  inSequences: false,
};

/** A layer with a loss: the squared size of its logits. */
const withLoss = {
  ...wholeLayer,
  attrs: {
    ...wholeLayer.attrs,
    loss: {
      sequences: 1,
      formula: {
        steps: [
          { ...step, operation: 'logits', experts: true },
          { ...step, operation: 'logSumExp' },
          { ...step, operation: 'mul', from: 1, other: 1 },
          { ...step, operation: 'meanTokens', from: 2, tokens: false },
        ],
        terms: [{ weight: 0.5, value: 3 }],
      },
    },
  },
};

export const examples: Readonly<Record<string, Example>> = {
  [TOP_K_MASKS]: { shapes: { scores: [3, 4] }, attrs: { k: 2 } },
  [SORT_BY_EXPERT]: { shapes: { selected: [3, 4] }, attrs: { perToken: 4 } },
  [GATHER_ROWS]: { shapes: { x: [4, 5], index: [3] } },
  [SUM_ROWS]: { shapes: { x: [4, 5], index: [3, 2] } },
  [GROUPED_MAT_MUL]: {
    shapes: { x: [5, 3], kernels: [2, 3, 4], bias: [2, 4] },
    attrs: { offsets: [0, 2, 5], transpose: false },
  },
  [GROUPED_MAT_MUL_KERNEL_GRADIENT]: {
    shapes: { x: [5, 3], dy: [5, 4] },
    attrs: { offsets: [0, 2, 5] },
  },
  [SUM_GROUPS]: { shapes: { x: [5, 4] }, attrs: { offsets: [0, 2, 5] } },
  [COMBINE_ROWS]: { shapes: { x: [4, 5], weights: [2, 3], row: [2, 2], cell: [4] } },
  [COMBINE_ROWS_GRADIENT]: { shapes: { x: [4, 5], weights: [2, 3], cell: [4], dy: [2, 5] } },
  [FORWARD]: wholeLayer,
  [TRAINING]: { ...withLoss, kept: [1, 2] },
  [TRAINING_GRADIENT]: {
    ...withLoss,
    // Logits, weights of the rows, what the experts made of them, and the gradients of the loss to the first two, each in a
    // multiple of four numbers.
    shapes: { ...wholeLayer.shapes, dy: [3, 3], dloss: [], kept: [12 + 8 + 20 + 12 + 8], rows: [5 + 6] },
    // Where the rows of each of four experts end, and the tokens of the rows: two rows for each token.
    numbers: { rows: [0, 2, 4, 5, 6, 0, 1, 1, 2, 0, 2] },
  },
  [NORMALIZE_ROWS]: {
    shapes: { x: [3, 5], scale: [5], shift: [5] },
    attrs: { epsilon: 0.1, centered: true },
  },
  [NORMALIZE_ROWS_GRADIENT]: {
    shapes: { x: [3, 5], scale: [5], shift: [5], kept: [3, 2], dy: [3, 5] },
    attrs: { centered: true },
  },
  [ADAM]: {
    shapes: { value: [5], gradient: [5], first: [5], second: [5] },
    attrs: { beta1: 0.9, beta2: 0.999, whole1: 0.1, whole2: 0.001, epsilon: 1e-7, learningRate: 0.1 },
  },
  BatchMatMul: { shapes: { a: [3, 4], b: [5, 4] }, attrs: { transposeA: false, transposeB: true } },
  _FusedMatMul: {
    shapes: { a: [1, 3, 4], b: [1, 4, 5], bias: [5] },
    attrs: { transposeA: false, transposeB: false, activation: 'linear' },
  },
  Sum: { ...wide, attrs: { axis: 0, keepDims: false } },
  Mean: { ...wide, attrs: { axis: 0, keepDims: false } },
  UnsortedSegmentSum: { shapes: { x: [4, 3], segmentIds: [4] }, attrs: { numSegments: 3 } },
  Conv2DBackpropFilter: {
    shapes: { x: [1, 3, 3, 2], dy: [1, 2, 2, 3] },
    attrs: { ...convolution, filterShape: [2, 2, 2, 3] },
  },
  Conv2DBackpropInput: {
    shapes: { dy: [1, 2, 2, 3], filter: [2, 2, 2, 3] },
    attrs: { ...convolution, inputShape: [1, 3, 3, 2] },
  },
  DepthwiseConv2dNativeBackpropFilter: {
    shapes: { x: [1, 3, 3, 2], dy: [1, 2, 2, 4] },
    attrs: { ...convolution, filterShape: [2, 2, 2, 2] },
  },
  DepthwiseConv2dNativeBackpropInput: {
    shapes: { dy: [1, 2, 2, 4], filter: [2, 2, 2, 2] },
    attrs: { ...convolution, inputShape: [1, 3, 3, 2] },
  },
  // One window: tfjs chooses wrongly among numbers none of which is above 0.
  MaxPoolGrad: {
    shapes: { dy: [1, 1, 1, 2], input: [1, 1, 2, 2], output: [1, 1, 1, 2] },
    attrs: { filterSize: [1, 2], strides: [1, 1], pad: 'valid' },
  },
  GatherV2: { shapes: { x: [4, 3], indices: [5] }, attrs: { axis: 0, batchDims: 0 } },
  Identity: wide,
  Cast: { ...wide, attrs: { dtype: 'float32' } },
  Slice: { ...wide, attrs: { begin: [1, 0], size: [2, 3] } },
  SplitV: { ...wide, attrs: { numOrSizeSplits: 2, axis: 0 } },
  Unpack: { shapes: { value: [3, 4] }, attrs: { axis: 0 } },
  Transpose: { ...wide, attrs: { perm: [1, 0] } },
  ...Object.fromEntries(
    ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Maximum', 'Minimum'].map(
      (name) => [name, pair],
    ),
  ),
  Tanh: wide,
  Sigmoid: wide,
  Tile: { ...wide, attrs: { reps: [2, 3] } },
  Concat: { shapes: { 0: [2, 3], 1: [2, 2] }, attrs: { axis: 1 } },
  Erf: wide,
  Exp: wide,
};

export const types = ['float32', 'int32', 'bool'] as const;
export type NumberType = (typeof types)[number];

/**
 * Small whole numbers, which every type but bool holds: from 0 on where they are rows, cells or segments, from 1 on where
 * they are factors.
 */
function operand(shape: readonly number[], dtype: NumberType, shift: number, least: 0 | 1): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const numbers = Array.from({ length: size }, (_, i) =>
    dtype === 'bool' ? (i * 7 + shift) % 2 : least + ((i * 7 + shift) % 4),
  );
  return tf.tensor(numbers, [...shape], dtype);
}

/** The operands of a call, one of them of a type of one's choice. */
export function operands(name: string, chosen?: string, dtype?: NumberType): Record<string, tf.Tensor> {
  const reads = [...moeKernels, ...stockKernels].find((kernel) => kernel.name === name)?.operands;
  const { shapes, numbers = {} } = examples[name]!;
  return Object.fromEntries(
    Object.entries(shapes).map(([each, shape], i) => {
      const own = (reads?.[each]?.[0] ?? 'float32') as NumberType;
      const type = each === chosen ? dtype! : own;
      const chosenNumbers = numbers[each];
      return [
        each,
        chosenNumbers === undefined
          ? operand(shape, type, i, own === 'float32' ? 1 : 0)
          : tf.tensor([...chosenNumbers], [...shape], type),
      ];
    }),
  );
}

interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly numbers: number[];
}

/** Shapes, types and numbers of the results of a kernel. */
export function results(name: string, inputs: Record<string, tf.Tensor>): Result[] {
  // Some kernels take a list.
  const given = ('0' in inputs ? Object.values(inputs) : inputs) as Record<string, tf.Tensor>;
  const all = [run<tf.Tensor | tf.Tensor[]>(name, given, examples[name]?.attrs)].flat();
  const read = all.map((y, i) => ({
    shape: y.shape,
    dtype: y.dtype,
    numbers: examples[name]?.kept?.includes(i) ? [] : Array.from(y.dataSync(), Number),
  }));
  tf.dispose(all);
  return read;
}

unregister();
const shipped = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
register();

/** The stock kernels that tfjs lacks, and those that it has. */
export const missing: readonly StockKernel[] = stockKernels.filter(({ name }) => !shipped.has(name));
export const replaced: readonly StockKernel[] = stockKernels.filter(({ name }) => shipped.has(name));

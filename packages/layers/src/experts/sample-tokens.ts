import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, Shape } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { masked } from '../tensor/masked.ts';
import { flatten, type Tokens } from '../tokens.ts';

/** What a gate sees of a sample: the mean or the largest of each feature over all positions, or all there is. */
type Pooling = 'mean' | 'max' | 'none';

/** All ways of pooling. */
export const poolings: readonly Pooling[] = ['mean', 'max', 'none'];

/** Tokens that are whole samples, the entries of the input's first axis. */
export interface SampleTokens {
  /** Takes the shape of the input, and says how many numbers a gate sees of a sample and how many a sample has. */
  built(who: string, inputShape: Shape): readonly [gateDim: number, inputDim: number];
  /** The shape of the layer's output. */
  outputShape(inputShape: Shape): Shape;
  /** As `flatten` of rows of features. */
  readonly flatten: typeof flatten;
  /** Rows as samples of the shape for which the layer was built. */
  unflatten(rows_ND: tf.Tensor2D): tf.Tensor;
  /** Features of a position of the output. */
  units(): number;
  /** Numbers of a whole output. */
  outputDim(): number;
}

/** Samples for layers that return the same shape of them. */
export function sampleTokens(children: readonly layers.Layer[], pooling: Pooling): SampleTokens {
  if (pooling !== 'none') children.forEach(expectChannelsLast);
  let built: readonly number[] = [];
  const returned = () => commonShape(children, [null, ...built]).slice(1) as number[];
  return {
    built(who, inputShape) {
      built = sampleShape(who, inputShape);
      const inputDim = tf.util.sizeFromShape([...built]);
      return [pooling === 'none' ? inputDim : built.at(-1)!, inputDim];
    },
    outputShape: (inputShape) => commonShape(children, inputShape),
    units: () => returned().at(-1)!,
    outputDim: () => tf.util.sizeFromShape(returned()),
    unflatten: (rows_ND) => tf.reshape(rows_ND, [rows_ND.shape[0], ...built]),
    flatten(who, x, mask) {
      if (built.length > 0 && !tf.util.arraysEqual(x.shape.slice(1), [...built]))
        throw new MoeError(who, `the input must be samples of the shape [${built.join(', ')}]`, x.shape);
      const { x_TD, mask_T1, outer } = flatten(who, x, mask);
      const [samples, ...positions] = outer as [number, ...number[]];
      const [features, places] = [x_TD.shape[1], tf.util.sizeFromShape(positions)];
      const rows: tf.Tensor2D = tf.reshape(x_TD, [samples, places * features]);
      const counts = mask_T1 && tf.reshape(mask_T1, [samples, places, 1]);
      const sampleMask = counts && (tf.max(counts, 1) as tf.Tensor2D);
      const outputShape = [samples, ...commonShape(children, x.shape).slice(1)] as number[];
      const tokens: Tokens = { x_TD: rows, mask_T1: sampleMask, outer: [samples], outputShape };
      if (pooling === 'none' || samples === 0) return tokens;
      return { ...tokens, seen_TF: pooled(tf.reshape(x_TD, [samples, places, features]), counts, pooling) };
    },
  };
}

/** The shape of one sample. */
function sampleShape(who: string, inputShape: Shape): number[] {
  const shape = inputShape.slice(1);
  if (shape.every((size) => typeof size === 'number')) return shape as number[];
  const rule = 'experts that see whole samples need an input whose every axis but the first has a known size';
  throw new MoeError(who, rule, inputShape);
}

/** The shape that all layers return of an input. */
function commonShape(children: readonly layers.Layer[], inputShape: Shape): Shape {
  const shapes = children.map((child) => outputShape(child, inputShape).slice(1));
  const [first] = shapes as [Shape, ...Shape[]];
  const isKnown = first.length > 0 && first.every((size) => typeof size === 'number');
  if (isKnown && shapes.every((other) => tf.util.arraysEqual(other as number[], first as number[])))
    return [inputShape[0]!, ...first];
  throw new MoeError('layerExperts', 'all experts must return samples of the same shape', shapes);
}

/** A whole model knows its output; a layer computes it. */
export function outputShape(child: layers.Layer, inputShape: Shape): Shape {
  const { outputs } = child as Partial<LayersModel>;
  return (outputs?.[0]?.shape ?? child.computeOutputShape([null, ...inputShape.slice(1)])) as Shape;
}

/** Below every number that a feature may have, and finite: an infinity has no place in a shader. */
const LOWEST = -1e38;

/** The mean or the largest of [samples, positions, features] over the positions that are not padding. */
function pooled(x: tf.Tensor, counts: tf.Tensor | undefined, pooling: 'mean' | 'max'): tf.Tensor2D {
  if (counts === undefined) return pooling === 'mean' ? tf.mean(x, 1) : tf.max(x, 1);
  const total = tf.sum(counts, 1);
  if (pooling === 'mean') return tf.div(tf.sum(x, 1), tf.maximum(total, 1));
  const largest = tf.max(tf.where(tf.greater(counts, 0), x, LOWEST), 1);
  return masked(largest, total) as tf.Tensor2D;
}

/** Features lie on the last axis, which alone is left of a sample that is pooled. */
function expectChannelsLast(layer: object): void {
  const {
    dataFormat,
    layers: inside = [],
    layer: wrapped,
  } = layer as {
    readonly dataFormat?: string;
    readonly layers?: readonly object[];
    readonly layer?: object;
  };
  if (dataFormat === 'channelsFirst') {
    const rule = "a gate that sees pooled samples needs dataFormat 'channelsLast', or pooling: 'none'";
    throw new MoeError('layerExperts', rule, dataFormat);
  }
  for (const child of wrapped ? [...inside, wrapped] : inside) expectChannelsLast(child);
}

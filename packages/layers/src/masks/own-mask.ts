import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { type MaskSource, maskSource } from './mask-source.ts';
import { maskOfTimeStep } from './time-step.ts';

/** What layers are given along with their inputs. */
export type Masks = tf.Tensor | readonly (tf.Tensor | null)[] | null | undefined;

type Node = layers.Layer['inboundNodes'][number];

/** What is known of a layer that is called. */
export interface Called {
  /** Places of the layer in models. */
  readonly nodes: readonly Node[];
  /** Whether it is part of another layer, which calls it. */
  readonly held: boolean;
  /** Whether it was called with a list of inputs, as models call their layers. */
  readonly withList: boolean;
}

/**
 * The mask that belongs to the input of a layer, of what was handed over with it, or nothing.
 *
 * The executor of tfjs-layers writes a mask into the arguments of the first layer whose input has one, and the next
 * layers find it there, whatever they are given, unless their own inputs have another; `timeDistributed` and layers that
 * hold others pass it on. Layers of tfjs that do not look at masks work nevertheless, so a mask that is not the input's
 * is left out and no error. Which it is says the history of the input (`maskSource`) inside a model. Inside another
 * layer there is no history: there a mask belongs to the input if it fits.
 *
 * A mask that a program gives to the layer itself is returned as it is: it has to fit.
 */
export function ownMask(
  x: tf.Tensor,
  masks: Masks,
  { nodes, held, withList }: Called,
): tf.Tensor | undefined {
  const mask = firstMask(masks);
  if (mask == null) return undefined;
  const inModel = withList && nodes.length > 0;
  if (!inModel && !held) return maskOfTimeStep(x, mask) ?? mask;
  // Left behind by a model that is over.
  if (mask.isDisposed) return undefined;
  return inModel ? ofModel(x, mask, nodes) : (maskOfTimeStep(x, mask) ?? fitted(mask, x));
}

/**
 * Whether a layer is part of another one: then that one built it, and stands before it in the names of its weights.
 * @param name of the layer
 * @param weights of the layer, which has just been built
 */
export function isHeld(name: string, weights: readonly LayerVariable[]): boolean {
  const first = weights[0]?.originalName ?? 'gate/';
  return ![`${name}/`, 'gate/', 'expert'].some((own) => first.startsWith(own));
}

/** The mask of the only input. */
export function firstMask(masks: Masks): tf.Tensor | null | undefined {
  return isList(masks) ? masks[0] : masks;
}

/**
 * A mask that has the axes of an input without its features, or the first few of them, or nothing. `tf.layers.add` and
 * its like put an axis of 1 before a mask and never take it away.
 */
export function fitted(mask: tf.Tensor, x: tf.Tensor): tf.Tensor | undefined {
  const outer = x.shape.slice(0, -1);
  let shape = mask.shape;
  while (!tf.util.arraysEqual(shape, outer.slice(0, shape.length))) {
    if (shape[0] !== 1 || shape.length === 1) return undefined;
    shape = shape.slice(1);
  }
  return shape === mask.shape ? mask : tf.reshape(mask, shape);
}

const sources = new WeakMap<Node, MaskSource>();

/** Called inside a scope of the layer's own, which stands right inside that of the model. */
function ofModel(x: tf.Tensor, mask: tf.Tensor, nodes: readonly Node[]): tf.Tensor | undefined {
  const possible = nodes.filter(({ inputTensors: [input] }) => mayBe(x, input?.shape ?? []));
  const found = new Set(possible.map(sourceOf));
  // A layer shared between inputs of two kinds cannot know which it is given, except behind a layer that made a mask.
  if (found.size !== 1)
    return (x as { kerasMask?: tf.Tensor | null }).kerasMask == null ? undefined : fitted(mask, x);
  if (found.has('graph')) return fitted(mask, x);
  // A mask that the same model made is not the one that it was given.
  const { scopeStack } = tf.engine().state;
  if (found.has('none') || mask.scopeId === scopeStack[scopeStack.length - 2]?.id) return undefined;
  return maskOfTimeStep(x, mask) ?? fitted(mask, x);
}

function sourceOf(node: Node): MaskSource {
  const known = sources.get(node);
  if (known !== undefined) return known;
  const source = maskSource(node.inputTensors[0]!);
  sources.set(node, source);
  return source;
}

function mayBe(x: tf.Tensor, shape: readonly (number | null)[]): boolean {
  return shape.length === x.rank && shape.every((size, axis) => size == null || size === x.shape[axis]);
}

function isList(masks: Masks): masks is readonly (tf.Tensor | null)[] {
  return Array.isArray(masks);
}

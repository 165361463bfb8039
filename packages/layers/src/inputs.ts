import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { type Gate, MoeError, mapNames, type SideInput } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { floats } from './tensor/floats.ts';
import { masked } from './tensor/masked.ts';
import type { Tokens } from './tokens.ts';

/**
 * The inputs of a layer: the tokens, and after them what else its gate asks for, in the gate's order.
 */
type Sides = Gate['inputs'];

/** The shape of the tokens among those of all inputs. */
export function tokensShape(who: string, shape: Shape | Shape[], sides: Sides): Shape {
  return firstOf(who, Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape], sides);
}

/** The tokens among all inputs. */
export function tokensInput(who: string, inputs: tf.Tensor | tf.Tensor[], sides: Sides): tf.Tensor {
  return firstOf(who, Array.isArray(inputs) ? inputs : [inputs], sides);
}

function firstOf<T>(who: string, inputs: readonly T[], sides: Sides = {}): T {
  if (!development) return inputs[0]!;
  const names = ['the tokens', ...Object.keys(sides)];
  if (inputs.length === names.length) return inputs[0]!;
  const wanted =
    names.length === 1 ? 'takes one input' : `takes ${names.length} inputs, [${names.join(', ')}]`;
  throw new MoeError(who, wanted, inputs.length);
}

/** The number of features of an input [..., D]. */
export function featuresOf(who: string, inputShape: Shape | Shape[], sides: Sides): number {
  const shape = tokensShape(who, inputShape, sides);
  const features = shape[shape.length - 1];
  if (shape.length >= 2 && typeof features === 'number') return features;
  throw new MoeError(who, 'the input must be [batch, ..., features] with a known number of features', shape);
}

/**
 * The side inputs as values of the gate, [T, 1, 1] or [T, E, 1].
 * Padding has 0, whatever was given for it: a number that is none, such as an id of -1, must not reach a sum over tokens.
 * @param tokens whose axes those of a side input must be, or these and one of 1 or E numbers
 */
export function sideInputs(
  who: string,
  inputs: tf.Tensor | tf.Tensor[],
  sides: Sides,
  { outer, mask_T1 }: Pick<Tokens, 'outer' | 'mask_T1'>,
  experts: number,
): Readonly<Record<string, tf.Tensor>> | undefined {
  if (sides === undefined) return undefined;
  const given = [inputs].flat().slice(1);
  const order = Object.keys(sides);
  return mapNames(sides as Readonly<Record<string, SideInput>>, (per, name) => {
    const side = given[order.indexOf(name)]!;
    const last = per === 'token' ? 1 : experts;
    const size = last * outer.reduce((product, length) => product * length, 1);
    const isEach = tf.util.arraysEqual(side.shape.slice(0, outer.length), outer as number[]);
    if (side.size !== size || !isEach)
      throw new MoeError(who, `the input ${name} must have ${last} per token of [${outer}]`, side.shape);
    const values = tf.reshape(floats(side), [-1, last]);
    return tf.expandDims(mask_T1 === undefined ? values : masked(values, mask_T1), 2);
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { featuresOf, sideInputs } from '../inputs.ts';
import { flatten, type Tokens } from '../tokens.ts';
import type { Structure } from './structure.ts';

/** The inputs of a layer with several gates: one for all, and what gates ask for beside it, or one for each bank. */
type Inputs = Pick<Structure, 'inputs' | 'sides' | 'gates'>;

/** The shapes of the inputs that hold tokens. */
export function tokenShapes(who: string, shape: Shape | Shape[], inputs: Inputs): readonly Shape[] {
  const all = Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape];
  const shapes = withTokens(who, all, inputs);
  for (const each of shapes) featuresOf(who, each, undefined);
  return shapes;
}

/** The inputs that hold tokens. */
export function tokenInputs(
  who: string,
  given: tf.Tensor | tf.Tensor[],
  inputs: Inputs,
): readonly tf.Tensor[] {
  return withTokens(who, [given].flat(), inputs);
}

/**
 * The inputs as tokens.
 * @param mask that of the first input, which is that of all
 * @param features what the layer was built for
 */
export function tokensOf(
  who: string,
  given: tf.Tensor | tf.Tensor[],
  mask: tf.Tensor | null | undefined,
  inputs: Inputs,
  features: readonly number[],
): readonly Tokens[] {
  const tokens = tokenInputs(who, given, inputs).map((x) => flatten(who, x, mask));
  if (tokens.length !== features.length)
    throw new MoeError(who, `was built for ${features.length} inputs of tokens`, tokens.length);
  const { outer } = tokens[0]!;
  return tokens.map((each, i) => {
    const own = each.x_TD.shape[1];
    if (own !== features[i])
      throw new MoeError(
        who,
        `${inputName(inputs, tokens.length, i)} must have ${features[i]} features`,
        own,
      );
    if (!tf.util.arraysEqual([...each.outer], [...outer]))
      throw new MoeError(who, 'all inputs must have the same axes before the features', each.outer);
    return {
      ...each,
      sides: sideInputs(who, given, inputs.sides, each, inputs.gates[0]!.settings.experts),
    };
  });
}

function inputName({ inputs }: Inputs, count: number, i: number): string {
  return count === 1 ? 'the input' : `the input ${inputs[i]}`;
}

function withTokens<T>(who: string, all: readonly T[], { inputs, sides = {} }: Inputs): readonly T[] {
  if (inputs.length > 1 && all.length === inputs.length) return all;
  const beside = Object.keys(sides);
  if (all.length === 1 + beside.length) return all.slice(0, 1);
  const one = beside.length === 0 ? 'one input' : `[${['the tokens', ...beside].join(', ')}]`;
  const several = inputs.length === 1 ? '' : `, or one for each of ${inputs.join(', ')}`;
  throw new MoeError(who, `takes ${one}${several}`, all.length);
}

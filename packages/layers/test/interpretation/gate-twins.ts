/**
 * A formula over GateOps on tensors and on plain arrays, as twins.
 */
import * as tf from '@tensorflow/tfjs-core';
import { arrayGateOps, type GateOps, stream } from '@tfjs-moe/core';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { drawnInput, type TwinInput, type Twins } from '../../src/testing/index.ts';
import { arrayOf } from './layouts.ts';

/** A formula in any interpretation. */
export type Formula = <V>(ops: GateOps<V>, a: V, b: V) => V;

export interface GateTwinsOptions {
  /** 1 for tokens that count, 0 for padding. */
  readonly mask?: readonly number[];
  /** Number of sequences of equal length. */
  readonly sequences?: number;
  /** The first argument, [tokens, experts, features]; numbers are drawn where they are not given. */
  readonly a: TwinInput['shape'] | TwinInput;
  /** The second argument. Default one number. */
  readonly b?: TwinInput['shape'];
  /** The axes of the result, to which both results are broadcast. */
  readonly result: readonly [tokens: number, experts: number, features: number];
}

export function gateTwins(
  formula: Formula,
  { mask, sequences, a, b = [1, 1, 1], result }: GateTwinsOptions,
): Twins {
  const first = 'shape' in a ? a : drawnInput(a, 1);
  const [tokens, experts, features] = result;
  return {
    inputs: [first, drawnInput(b, 2)],
    tensor(...args) {
      const mask_T11 = mask && tf.tensor3d([...mask], [mask.length, 1, 1]);
      const [x, y] = args as [tf.Tensor, tf.Tensor];
      const value = formula(
        tokenOps({ mask: mask_T11, tokens: first.shape[0], sequences, random: stream(0) }),
        x,
        y,
      );
      // Zero times the arguments, so that constants have the gradient zero.
      const nothing = tf.add(tf.mul(tf.sum(x), 0), tf.mul(tf.sum(y), 0));
      return tf.add(tf.add(value, nothing), tf.zeros([tokens, experts, features]));
    },
    float64(x, y) {
      const ops = arrayGateOps({
        tokens: first.shape[0]!,
        ...(mask && { mask }),
        ...(sequences && { sequences }),
      });
      const value = formula(
        ops,
        arrayOf('pair', first.shape, x as Float64Array),
        arrayOf('pair', b, y as Float64Array),
      );
      return Array.from({ length: tokens * experts * features }, (_, i) => {
        const [f, te] = [i % features, Math.floor(i / features)];
        const e = value.experts === 1 ? 0 : te % experts;
        const t = value.tokens === 1 ? 0 : Math.floor(te / experts);
        return value.data[(t * value.experts + e) * value.features + (value.features === 1 ? 0 : f)]!;
      });
    },
  };
}

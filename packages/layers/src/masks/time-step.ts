import * as tf from '@tensorflow/tfjs-core';
import { floats } from '../tensor/floats.ts';

/**
 * The mask of one time step, where `timeDistributed` calls a layer with a step of its input and the mask of the whole
 * sequence.
 *
 * `timeDistributed` does not say at which step it is. But it cuts the sequence up in a scope that is still open, where
 * the steps lie one after the other behind the sequence that they were cut from.
 *
 * @param x [B, ...]
 * @param mask [B, T, ...]
 * @returns [B, ...], or nothing where x is no step of a sequence that is as long as the mask
 */
export function maskOfTimeStep(x: tf.Tensor, mask: tf.Tensor): tf.Tensor | undefined {
  const place = placeInSequence(x);
  const [batch, length, ...rest] = mask.shape;
  if (place === undefined || batch === undefined || batch !== x.shape[0] || length !== place.steps)
    return undefined;
  const first = [0, place.step, ...rest.map(() => 0)];
  const step = tf.slice(floats(mask), first, [batch, 1, ...rest]);
  return tf.reshape(step, [batch, ...rest]);
}

function placeInSequence(x: tf.Tensor): { readonly step: number; readonly steps: number } | undefined {
  const around = tf.engine().state.scopeStack.find(({ track }) => track.includes(x))?.track ?? [];
  const at = around.indexOf(x);
  let before = at - 1;
  while (before >= 0 && tf.util.arraysEqual(around[before]?.shape ?? [], x.shape)) before--;
  const [steps, ...shape] = around[before]?.shape ?? [];
  const step = at - before - 1;
  if (steps === undefined || step >= steps || !tf.util.arraysEqual(shape, x.shape)) return undefined;
  return { step, steps };
}

import * as tf from '@tensorflow/tfjs-core';
import { entryOf, MoeError } from '@tfjs-moe/core';
import type { StoredParam } from './weights.ts';

/** Gives every entry of a parameter of the gate one value; NaN, and what float32 cannot hold, is refused. */
export function fillParameter(
  who: string,
  gateParams: Readonly<Record<string, StoredParam>>,
  name: string,
  value: number,
): void {
  const { variable } = entryOf(who, 'gate parameter', gateParams, name, 'none before the layer is built');
  if (!Number.isFinite(Math.fround(value)) || typeof value !== 'number') {
    throw new MoeError(who, `${name} must be a finite number that float32 can hold`, value);
  }
  tf.tidy(() => {
    variable.write(tf.fill(variable.shape as number[], value));
  });
}

import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { detach } from './tensor/detach.ts';

/**
 * Throws an error that says where numbers are NaN or infinite.
 * @param what named in the error
 * @param axes names of the tensor's axes; without them the place is an index
 */
export type RefuseNonFinite = (what: string, x: tf.Tensor, axes?: readonly [string, string]) => void;

/** What `nonFinite: 'throw'` does in one layer. It reads numbers back; from WebGPU they come late, and the next call throws. */
export function refuseNonFinite(who: () => string): RefuseNonFinite {
  let late: MoeError | undefined;
  return (what, x, axes) => {
    const isLate = tf.getBackend() === 'webgpu';
    const look = (values: ArrayLike<number>) => errorFor(values, x.shape, { who: who(), what, axes });
    const error = late ?? (isLate ? undefined : look(x.dataSync()));
    late = undefined;
    if (error !== undefined) throw error;
    if (!isLate) return;
    const kept = tf.keep(detach(x));
    kept.data().then(
      (values) => {
        late ??= look(values);
        kept.dispose();
      },
      () => {
        // The backend went away with its numbers.
      },
    );
  };
}

interface Named {
  readonly who: string;
  readonly what: string;
  readonly axes: readonly [string, string] | undefined;
}

function errorFor(
  values: ArrayLike<number>,
  shape: readonly number[],
  { who, what, axes }: Named,
): MoeError | undefined {
  const first = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (first < 0) return undefined;
  const place = development ? placeOf(values, shape, axes) : '';
  return new MoeError(who, `${what} must be finite (nonFinite: 'throw')${place}`, values[first]);
}

/** How many rows hold numbers that are not finite, and where the first of these is. */
function placeOf(values: ArrayLike<number>, shape: readonly number[], axes: Named['axes']): string {
  const places = Array.from(values).flatMap((value, i) => (Number.isFinite(value) ? [] : [i]));
  const rows = shape[0]!;
  const bad = new Set(places.map((i) => Math.floor((i * rows) / values.length))).size;
  const index = tf.util.indexToLoc(places[0]!, shape.length, tf.util.computeStrides([...shape]));
  const place = axes?.map((axis, i) => `${axis} ${index[i]}`).join(', ') ?? `at [${index.join(', ')}]`;
  return `, but ${bad} of ${rows} ${axes?.[0] ?? 'row'}s ${bad === 1 ? 'is' : 'are'} not, the first ${place}`;
}

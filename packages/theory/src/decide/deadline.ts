/**
 * A point in time at which work gives up: exact expressions may swell and precision may have to rise, and nobody knows
 * beforehand by how much.
 */
import type { Ring } from '@tfjs-moe/numerics';

/** The time is over. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** Throws once `deadline`, in milliseconds of `Date.now()`, has passed. */
export function expectTime(deadline: number): void {
  if (Date.now() > deadline) throw new OutOfTime();
}

/** `expectTime` as the checkpoint that the algorithms of numerics call. */
export function checkpointOf(deadline: number): () => void {
  return () => expectTime(deadline);
}

/** The same ring, whose products and functions throw `OutOfTime` after the deadline. */
export function withDeadline<S>(ring: Ring<S>, deadline: number): Ring<S> {
  return {
    ...ring,
    dot(a, b) {
      expectTime(deadline);
      return ring.dot(a, b);
    },
    derivatives(name, a, order) {
      expectTime(deadline);
      return ring.derivatives(name, a, order);
    },
  };
}

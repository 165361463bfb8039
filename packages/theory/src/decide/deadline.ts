/**
 * A ring that gives up at a point in time: exact expressions may swell, and nobody knows beforehand by how much.
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

/**
 * Searches without derivatives: along a line, and around a point.
 */
import { stream } from '@tfjs-moe/core';

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Where a function with one valley is least between two points, by golden section. */
export function minimiseOnLine(loss: (t: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [loss(left), loss(right)];
  while (high - low > 1e-11 * (1 + Math.abs(low) + Math.abs(high))) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = loss(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = loss(right);
    }
  }
  const inside = [left, right, from, to].map((t) => [loss(t), t] as const);
  return inside.reduce((best, next) => (next[0] < best[0] ? next : best))[1];
}

const ROUNDS = 120;

/**
 * A point near the start where the loss is lower, by steps that shrink where they do not help: along the axes, and in
 * directions that are drawn anew, because along the edge of a cell or of a maximum no axis may lead down.
 */
export function polish(loss: (theta: readonly number[]) => number, start: readonly number[]): number[] {
  const random = stream(0, 'voronoi/polish');
  let best = [...start];
  let value = loss(best);
  let step = 0.25;
  for (let round = 0; round < ROUNDS && step > 1e-12; round++) {
    let improved = false;
    for (let trial = 0; trial < 2 * best.length; trial++) {
      const direction = best.map((_, q) => (trial < best.length ? Number(q === trial) : random.normal()));
      for (const length of [step, -step]) {
        const moved = best.map((entry, q) => entry + length * direction[q]!);
        const lower = loss(moved);
        if (lower >= value) continue;
        [best, value, improved] = [moved, lower, true];
        break;
      }
    }
    step *= improved ? 1.5 : 0.5;
  }
  return best;
}

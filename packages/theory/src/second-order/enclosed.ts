import { MoeError } from '@tfjs-moe/core';
import { columnsOf } from '@tfjs-moe/numerics';
import {
  type Ball,
  ballOf,
  balls,
  type DoubleBall,
  doubleBallOf,
  doubleBalls,
} from '@tfjs-moe/numerics/precise';
import { type Allowance, metered, prices } from '../decide/allowance.ts';
import type { Points } from '../decide/sampling.ts';
import type { CurvedFamily } from '../families/curved-family.ts';
import type { BallRow } from './certify-positive.ts';

/**
 * A curved family at points, as balls: in double-double first, which is fast, and in balls of more bits where that does
 * not suffice. Points at which an enclosure fails are left out.
 */
export interface Enclosed {
  readonly rows: readonly BallRow[];
  /** The points of the rows. */
  readonly alive: Points;
}

/** In double-double, converted to balls with `bits` bits. */
export function encloseInDoubles(
  family: CurvedFamily,
  points: Points,
  bits: number,
  allowance: Allowance,
): Enclosed {
  const ring = metered(doubleBalls, allowance, prices.doubles(points.length));
  const { free, curved } = family.evaluate<DoubleBall>(ring, columnsOf(points).map(doubleBallOf));
  const all = [free, ...curved];
  const isKnown = (n: number) =>
    all.every((of) => of.every((value) => Number.isFinite(at(value.rad, n) + at(value.high, n))));
  const places = points.flatMap((_, n) => (isKnown(n) ? [n] : []));
  const row = (of: readonly DoubleBall[], n: number) => of.map((value) => ballAt(value, n, bits));
  return {
    rows: places.map((n) => ({ free: row(free, n), curved: curved.map((of) => row(of, n)) })),
    alive: places.map((n) => points[n]!),
  };
}

/** In balls. */
export function encloseInBalls(
  family: CurvedFamily,
  points: Points,
  bits: number,
  allowance: Allowance,
): Enclosed {
  const ring = metered(balls(bits), allowance, prices.balls(bits));
  const rows: BallRow[] = [];
  const alive = points.filter((point) => {
    try {
      rows.push(
        family.evaluate<Ball>(
          ring,
          point.map((value) => ring.constant(value)),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof MoeError && error.who === 'balls') return false;
      throw error;
    }
  });
  return { rows, alive };
}

const at = (values: Float64Array, n: number) => (values.length === 1 ? values[0] : values[n])!;

function ballAt({ high, low, rad }: DoubleBall, n: number, bits: number): Ball {
  const [upper, lower, radius] = [
    ballOf(at(high, n), bits),
    ballOf(at(low, n), bits),
    ballOf(at(rad, n), bits),
  ];
  return { mid: upper.mid + lower.mid, rad: upper.rad + lower.rad + radius.mid + radius.rad };
}

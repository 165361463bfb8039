/**
 * Points at which functions are compared, and the functions there in balls.
 *
 * Piecewise functions such as ReLU experts are zero on half of the inputs; functions whose piece no point meets look
 * alike. So points are stratified: point i is drawn anew until some function of atom i mod k differs from zero there.
 * This can only make certificates easier: a certificate holds whatever the points.
 */
import { MoeError, type Stream } from '@tfjs-moe/core';
import { type Ball, balls, columns } from '@tfjs-moe/numerics';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import { expectTime, withDeadline } from './deadline.ts';

/** Draws of one point before a dead atom is accepted as dead. */
const MOST_DRAWS = 200;

/** `count` points with dyadic coordinates of a normal law with the given spread, exact in few bits. */
export function samplePoints(
  family: LabelledFamily,
  count: number,
  spread: number,
  random: Stream,
): number[][] {
  const atoms = Math.max(0, ...family.labels.map(({ atom }) => (atom ?? -1) + 1));
  return Array.from({ length: count }, (_, i) => {
    const own = new Set<number>();
    family.labels.forEach(({ atom }, index) => {
      if (atoms > 0 && atom === i % atoms) own.add(index);
    });
    let point: number[] = [];
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      point = Array.from(
        { length: family.inputDim },
        () => (spread * Math.round(random.normal() * 4096)) / 4096,
      );
      if (own.size === 0 || isAlive(family, point, own)) break;
    }
    return point;
  });
}

function isAlive(family: LabelledFamily, point: readonly number[], own: ReadonlySet<number>): boolean {
  return family.evaluate(columns, point).some((value, index) => own.has(index) && value !== 0);
}

/** The functions at some points. A point at which an enclosure fails, for example on a kink, is left out. */
export function enclose(
  family: LabelledFamily,
  points: readonly (readonly number[])[],
  bits: number,
  deadline: number,
): Ball[][] {
  const ring = withDeadline(balls(bits), deadline);
  const rows: Ball[][] = [];
  for (const point of points) {
    expectTime(deadline);
    try {
      rows.push([
        ...family.evaluate(
          ring,
          point.map((value) => ring.constant(value)),
        ),
      ]);
    } catch (error) {
      if (!(error instanceof MoeError && error.who === 'balls')) throw error;
    }
  }
  return rows;
}

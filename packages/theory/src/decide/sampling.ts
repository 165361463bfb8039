/**
 * Points at which functions are compared, and the functions there with rigorous bounds.
 *
 * Piecewise functions such as ReLU experts are zero on half of the inputs; functions whose piece no point meets look
 * alike. So points are stratified: point i is drawn anew until some function of atom i mod k differs from zero there.
 * This can only make certificates easier: a certificate holds whatever the points.
 */
import { MoeError, type Stream } from '@tfjs-moe/core';
import { columns, columnsOf } from '@tfjs-moe/numerics';
import { type Ball, balls, type DoubleBall, doubleBallOf, doubleBalls } from '@tfjs-moe/numerics/precise';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import { supportedInputs } from '../verdict/support.ts';
import { type Allowance, metered, prices } from './allowance.ts';

export type Points = readonly (readonly number[])[];

/** Draws of one point before a dead atom is accepted as dead. */
const MOST_DRAWS = 200;

/** `count` points of a normal law with the given spread. */
export function samplePoints(
  family: LabelledFamily,
  count: number,
  spread: number,
  random: Stream,
  allowance: Allowance,
): Points {
  const draw = () => pointOf(family, spread, random);
  const points = Array.from({ length: count }, draw);
  const members = membersByAtom(family);
  if (members.length === 0) return points;
  let dead = points.map((_, i) => i);
  for (let draws = 1; draws < MOST_DRAWS; draws++) {
    dead = deadAmong(family, members, points, dead, allowance);
    if (dead.length === 0) break;
    for (const i of dead) points[i] = draw();
  }
  return points;
}

/** A point of a family's support; coordinates that it says nothing of are normal. */
export function pointOf(
  { inputDim, support }: Pick<LabelledFamily, 'inputDim' | 'support'>,
  spread: number,
  random: Stream,
): number[] {
  if (support === undefined) return drawnPoint(inputDim, spread, random);
  const own = supportedInputs(support, random, spread);
  return [...own, ...drawnPoint(inputDim - own.length, spread, random)];
}

/** A point with dyadic coordinates, exact in few bits. */
export function drawnPoint(inputDim: number, spread: number, random: Stream): number[] {
  return Array.from({ length: inputDim }, () => (spread * Math.round(random.normal() * 4096)) / 4096);
}

/** The functions of every atom, by index. */
function membersByAtom({ labels }: LabelledFamily): readonly (readonly number[])[] {
  const members: number[][] = [];
  labels.forEach(({ atom }, index) => {
    if (atom === undefined) return;
    while (members.length <= atom) members.push([]);
    members[atom]!.push(index);
  });
  return members;
}

/** Those of some points at which every function of their atom is zero. */
function deadAmong(
  family: LabelledFamily,
  members: readonly (readonly number[])[],
  points: Points,
  among: readonly number[],
  allowance: Allowance,
): number[] {
  const x = columnsOf(among.map((i) => points[i]!));
  const values = family.evaluate(metered(columns, allowance, prices.float64(among.length)), x);
  return among.filter((i, row) => {
    const own = members[i % members.length]!;
    const isZero = (value: number | Float64Array) => (typeof value === 'number' ? value : value[row]) === 0;
    return own.length > 0 && own.every((index) => isZero(values[index]!));
  });
}

/** The functions at all points at once, in double-double with radii. */
export function encloseInDoubles(
  family: LabelledFamily,
  points: Points,
  allowance: Allowance,
): readonly DoubleBall[] {
  return family.evaluate(
    metered(doubleBalls, allowance, prices.doubles(points.length)),
    columnsOf(points).map(doubleBallOf),
  );
}

/** The functions at some points in balls. A point at which an enclosure fails, as on a kink, is left out. */
export function encloseInBalls(
  family: LabelledFamily,
  points: Points,
  bits: number,
  allowance: Allowance,
): Ball[][] {
  const ring = metered(balls(bits), allowance, prices.balls(bits));
  const rows: Ball[][] = [];
  for (const point of points) {
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

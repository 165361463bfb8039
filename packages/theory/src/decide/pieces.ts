/**
 * The pieces of a family that points meet: both sides of every kink, and for every function a place where it is seen.
 *
 * A ReLU that is active far out only is zero at all points near 0: there it is tied to everything, and more digits or
 * more points of the same law do not help. So points are looked for farther out; and where none is found, a relation that
 * rests on numbers does not count. Relations that are proved need no points.
 */
import type { Stream } from '@tfjs-moe/core';
import { type Column, columns, columnsOf, type Ring } from '@tfjs-moe/numerics';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import { type Allowance, metered, prices } from './allowance.ts';
import { type Points, pointOf } from './sampling.ts';

/** Factors of the spread at which other points are looked for, and how many each. */
const FACTORS = [1, 4, 16, 64];
const EACH = 64;
/** What a function must reach to be seen: less is lost beside others in any arithmetic here. */
const VISIBLE = 1e-60;

/**
 * Some points, and others, farther out too, that meet what they do not meet often enough: for a function that is seen
 * nowhere one more than inputs and a bias, and on each side of a kink as many as there are functions of one atom, which all
 * may live there.
 */
export function meetingPieces(
  family: LabelledFamily,
  points: Points,
  spread: number,
  random: Stream,
  allowance: Allowance,
): Points {
  const few = family.inputDim + 2;
  const functions = family.labels.length;
  const ofAtom = Math.ceil(functions / new Set(family.labels.map(({ atom }) => atom)).size);
  const missing = piecesAt(family, points, allowance).map((piece, i) => {
    const met = piece.filter(Boolean).length;
    if (i < functions) return met > 0 ? 0 : few;
    return piece.length < points.length ? 0 : Math.max(0, Math.max(few, ofAtom) - met);
  });
  if (missing.every((count) => count === 0)) return points;
  const others = FACTORS.flatMap((factor) =>
    Array.from({ length: EACH }, () => pointOf(family, factor * spread, random)),
  );
  const chosen = new Set<number>();
  piecesAt(family, others, allowance).forEach((piece, i) => {
    if (missing[i] === 0) return;
    const places = others.flatMap((_, n) => (piece[n] ? [n] : []));
    for (const n of places.slice(0, missing[i])) chosen.add(n);
  });
  return [...points, ...[...chosen].sort((a, b) => a - b).map((n) => others[n]!)];
}

/** Whether points meet both sides of every kink whose place depends on the input. */
export function meetBothSides(family: LabelledFamily, points: Points, allowance: Allowance): boolean {
  return piecesAt(family, points, allowance).slice(family.labels.length).every(isAnywhere);
}

/** By piece and point: first of every function where it is seen, then of every kink both sides. */
function piecesAt(family: LabelledFamily, points: Points, allowance: Allowance): boolean[][] {
  const sides: boolean[][] = [];
  const squares = new Map<Column, Column>();
  const watched: Ring<Column> = {
    ...columns,
    dot(a, b) {
      const product = columns.dot(a, b);
      if (a.length === 1 && a[0] === b[0]) squares.set(product, a[0]!);
      return product;
    },
    derivatives(name, a, order) {
      // The root of a square has a kink where that is 0.
      const inside = name === 'relu' ? a : name === 'sqrt' ? squares.get(a) : undefined;
      if (inside !== undefined && typeof inside !== 'number') sides.push(...sidesOf(inside));
      return columns.derivatives(name, a, order);
    },
  };
  const values = family.evaluate(
    metered(watched, allowance, prices.float64(points.length)),
    columnsOf(points),
  );
  // A plain number is the same everywhere: farther out there is nothing to find.
  const support = values.map((value) =>
    typeof value === 'number' ? [true] : Array.from(value, (entry) => Math.abs(entry) > VISIBLE),
  );
  return [...support, ...sides];
}

/** A kink that no point moves has no other side. */
function sidesOf(a: Float64Array): boolean[][] {
  if (a.every((value) => value === a[0])) return [[true], [true]];
  return [Array.from(a, (value) => value > 0), Array.from(a, (value) => value <= 0)];
}

const isAnywhere = (piece: readonly boolean[]): boolean => piece.includes(true);

/**
 * Walls: where a row is about to change one of its experts. Between them the likelihood is smooth, and the best point of
 * a division of the rows often lies on some of them: beyond, the likelihood jumps down.
 */
import { type Matrix, matrix } from '@tfjs-moe/numerics';
import type { Problem } from '../../problem/problem.ts';

/** Between a selected expert and one that is not, at a row. */
export interface Wall {
  readonly row: number;
  readonly inside: number;
  readonly outside: number;
}

/** How near to a wall a point may come, in units of the scores: far above rounding, far below what matters. */
function marginOf(score: number): number {
  return 1e-9 * (1 + Math.abs(score));
}

/** Calls back for every pair of a selected expert and one that is not. */
function forPairs(
  scores: readonly Float64Array[],
  k: number,
  weights: Float64Array,
  visit: (row: number, inside: number, outside: number) => void,
): void {
  const experts = scores.map((_, e) => e);
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    const order = [...experts].sort((a, b) => scores[b]![i]! - scores[a]![i]!);
    for (let a = 0; a < k; a++) {
      for (let b = k; b < order.length; b++) visit(i, order[a]!, order[b]!);
    }
  }
}

/** The first wall on a step, with the length at which it is met, and how fast the scores come together. */
export function firstWall(
  { selection, data }: Problem,
  at: Float64Array,
  step: Float64Array,
  besides: readonly Wall[],
): { wall: Wall; length: number; margin: number } | undefined {
  const { k, scores: scoresAt } = selection!;
  const scores = scoresAt(at);
  const ahead = scoresAt(at.map((value, j) => value + step[j]!));
  let found: { wall: Wall; length: number; margin: number } | undefined;
  forPairs(scores, k, data.weights, (row, inside, outside) => {
    const gap = scores[inside]![row]! - scores[outside]![row]!;
    const closing = gap - (ahead[inside]![row]! - ahead[outside]![row]!);
    if (!(closing > 0) || gap / closing >= (found?.length ?? 1)) return;
    const isKnown = besides.some(
      (wall) => wall.row === row && wall.inside === inside && wall.outside === outside,
    );
    if (isKnown) return;
    const margin = marginOf(scores[inside]![row]!) / closing;
    found = { wall: { row, inside, outside }, length: gap / closing, margin };
  });
  return found;
}

/** The walls that a point stands at. */
export function wallsAt({ selection, data }: Problem, at: Float64Array): Wall[] {
  if (selection === undefined) return [];
  const scores = selection.scores(at);
  const walls: Wall[] = [];
  forPairs(scores, selection.k, data.weights, (row, inside, outside) => {
    const gap = scores[inside]![row]! - scores[outside]![row]!;
    if (gap <= 4 * marginOf(scores[inside]![row]!)) walls.push({ row, inside, outside });
  });
  return walls;
}

/** $\nabla (s_a - s_b)$ in the gate's coordinates, pointing away from the wall; by differences, exact of linear routers. */
export function normalOf({ selection, coordinates }: Problem, at: Float64Array, wall: Wall): Float64Array {
  const { scores } = selection!;
  const gapAt = (point: Float64Array) => {
    const row = scores(point, [wall.row]);
    return row[wall.inside]![0]! - row[wall.outside]![0]!;
  };
  return Float64Array.from({ length: coordinates.firstExpert }, (_, j) => {
    const width = 1e-4 * (1 + Math.abs(at[j]!));
    const moved = (by: number) => at.map((value, i) => (i === j ? value + by : value));
    return (gapAt(moved(width)) - gapAt(moved(-width))) / (2 * width);
  });
}

export interface Face {
  /** Orthonormal columns along the walls, in all coordinates: the gate's, turned, then the others. */
  readonly along: Matrix;
  /** Orthonormal directions across the walls. */
  readonly across: readonly Float64Array[];
}

/** What is free to move along walls with these normals. */
export function faceOf({ coordinates }: Problem, normals: readonly Float64Array[]): Face {
  const { size, firstExpert: gateSize } = coordinates;
  const across: Float64Array[] = [];
  const free: Float64Array[] = [];
  const rest = (of: Float64Array): Float64Array => {
    const left = of.slice();
    for (let pass = 0; pass < 2; pass++) {
      for (const unit of [...across, ...free]) {
        let along = 0;
        for (let j = 0; j < gateSize; j++) along += unit[j]! * left[j]!;
        for (let j = 0; j < gateSize; j++) left[j] = left[j]! - along * unit[j]!;
      }
    }
    return left;
  };
  const lengthOf = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
  for (const normal of normals) {
    const left = rest(normal);
    const length = lengthOf(left);
    if (length > 1e-8 * lengthOf(normal)) across.push(left.map((value) => value / length));
  }
  const units = Array.from({ length: gateSize }, (_, j) => {
    const unit = new Float64Array(gateSize);
    unit[j] = 1;
    return unit;
  });
  while (across.length + free.length < gateSize) {
    const best = units.map(rest).reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a));
    const length = lengthOf(best);
    free.push(best.map((value) => value / length));
  }
  const along = matrix(size, size - across.length);
  free.forEach((column, j) => {
    along.data.set(column, j * size);
  });
  for (let j = gateSize; j < size; j++) along.data[j + (j - across.length) * size] = 1;
  return {
    along,
    across: across.map((direction) => {
      const full = new Float64Array(size);
      full.set(direction);
      return full;
    }),
  };
}

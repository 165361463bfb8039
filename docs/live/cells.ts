/** A plane of four cells with a level each, seen at random places with a little noise. */
import { stream } from '@tfjs-moe/core';

export const points = 240;
export const noise = 0.1;
export const range: readonly [number, number] = [-2, 2];

/** Middle and level of each cell; a place belongs to the nearest middle. */
const cells = [
  { middle: [-1.1, 1], level: -1.5 },
  { middle: [1.2, 1.1], level: -0.5 },
  { middle: [-0.9, -1.1], level: 0.5 },
  { middle: [1, -0.7], level: 1.5 },
] as const;

export interface Place {
  readonly at: readonly [number, number];
  /** Number of its cell, from 0. */
  readonly cell: number;
  readonly y: number;
}

/** The places that are learnt from. */
export function sample(): Place[] {
  const random = stream(1, 'cells');
  return Array.from({ length: points }, () => {
    const at = [4 * random.uniform() - 2, 4 * random.uniform() - 2] as const;
    const cell = nearest(at);
    return { at, cell, y: cells[cell]!.level + noise * random.normal() };
  });
}

function nearest([u, v]: readonly [number, number]): number {
  const distances = cells.map(({ middle }) => Math.hypot(u - middle[0], v - middle[1]));
  return distances.indexOf(Math.min(...distances));
}

/** Where the reader points: the weights of all experts there, from the cells of the picture. */
import { type Picture, SIDE } from './cells.ts';

/** A place as shares of the range, from its lower end: [across] or [across, up]. */
export type Cursor = readonly [number, number];

/** Weights [experts] in the cell of a place. */
export function weightsAt({ weights, inputs, cells }: Picture, [across, up]: Cursor): number[] {
  const cellOf = (share: number, count: number) =>
    Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  const cell =
    inputs === 1 ? cellOf(across, cells) : (SIDE - 1 - cellOf(up, SIDE)) * SIDE + cellOf(across, SIDE);
  return weights.map((of) => of[cell] ?? 0);
}

/** The place in the numbers of the inputs. */
export function placeAt(
  [across, up]: Cursor,
  [from, to]: readonly [number, number],
  inputs: 1 | 2,
): number[] {
  const at = (share: number) => from + share * (to - from);
  return inputs === 1 ? [at(across)] : [at(across), at(up)];
}

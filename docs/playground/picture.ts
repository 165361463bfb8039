/** What the pictures of the playground show, as plain numbers: from a mixture, on a grid or on a line. */
import { expertOutputs, gateWeights, type Mixture } from '../live/mixture.ts';

/** Cells along each side of a map. */
export const SIDE = 40;
/** Places along a line. */
const LENGTH = 121;

export interface Picture {
  readonly inputs: 1 | 2;
  /** Cells: SIDE x SIDE from the top left, or LENGTH places. */
  readonly cells: number;
  readonly experts: number;
  /** The expert with the largest weight of every cell. */
  readonly owner: readonly number[];
  /** Its weight. */
  readonly strength: readonly number[];
  readonly prediction: readonly number[];
  /** Output of every expert: [experts][cells]. */
  readonly outputs: readonly (readonly number[])[];
}

export function pictureOf(mixture: Mixture, range: readonly [number, number]): Picture {
  const places = placesOf(mixture.inputDim as 1 | 2, range);
  const weights = gateWeights(mixture, places);
  const outputs = expertOutputs(mixture, places);
  const owner = weights.map((row) => row.indexOf(Math.max(...row)));
  return {
    inputs: mixture.inputDim as 1 | 2,
    cells: places.length,
    experts: mixture.experts,
    owner: owner.map((e) => Math.max(0, e)),
    strength: weights.map((row, t) => finite(row[owner[t]!] ?? 0)),
    prediction: weights.map((row, t) =>
      finite(row.reduce((sum, weight, e) => sum + weight * outputs[t]![e]!, 0)),
    ),
    outputs: Array.from({ length: mixture.experts }, (_, e) => outputs.map((row) => finite(row[e]!))),
  };
}

function placesOf(inputs: 1 | 2, [from, to]: readonly [number, number]): number[][] {
  const count = inputs === 1 ? LENGTH : SIDE;
  const middle = (i: number) => from + ((to - from) * (i + 0.5)) / count;
  const axis = Array.from({ length: count }, (_, i) => middle(i));
  if (inputs === 1) return axis.map((u) => [u]);
  return [...axis].reverse().flatMap((v) => axis.map((u) => [u, v]));
}

/** Runs of cells of one class in a row, as the path of an SVG in cells: one path for each class. */
export function pathsOf(classes: readonly number[], side: number): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  for (let row = 0; row < side; row++) {
    let from = 0;
    for (let column = 1; column <= side; column++) {
      const kind = classes[row * side + from]!;
      if (column < side && classes[row * side + column] === kind) continue;
      // A little larger than the cells, so that no gap shows between them.
      const run = `M${from} ${row}h${column - from}v1.03h-${column - from}z`;
      paths.set(kind, (paths.get(kind) ?? '') + run);
      from = column;
    }
  }
  return paths;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

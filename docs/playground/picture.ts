/** What the pictures of the playground show, as plain numbers: from a mixture, on a grid or on a line. */
import { expertOutputs, gateWeights, type Mixture } from '../live/mixture.ts';
import { type Picture, SIDE } from './cells.ts';

/** Places along a line. */
const LENGTH = 121;

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
    weights: Array.from({ length: mixture.experts }, (_, e) => weights.map((row) => hundredth(row[e]!))),
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

/** Finer than anybody sees, and quick to hand over. */
function hundredth(value: number): number {
  return Math.round(100 * finite(value)) / 100;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

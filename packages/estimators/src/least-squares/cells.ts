/**
 * Partitions of a sample into k cells, one for each expert to start from. Three kinds take turns, because each suits
 * other data: cells near random rows, slices along a random direction, and cells that follow different linear trends.
 *
 * Source of the last: Späth, "Algorithm 39: Clusterwise linear regression" (1979).
 */
import type { Stream } from '@tfjs-moe/core';
import { leastSquares, matrix } from '@tfjs-moe/numerics';
import type { Scales } from '../optimise/parameter-space.ts';
import type { FitData } from './data.ts';

/** The cell of every row, from 0 to k - 1; a cell may be empty. */
export function drawnCells(
  kind: number,
  k: number,
  data: FitData,
  scales: Scales,
  random: Stream,
): Uint32Array {
  switch (kind % 3) {
    case 0:
      return nearestRows(k, data, scales, random);
    case 1:
      return trends(k, data, random);
    default:
      return slices(k, data, scales, random);
  }
}

function nearestRows(
  k: number,
  { n, inputs }: FitData,
  { inputScales }: Scales,
  random: Stream,
): Uint32Array {
  const centres = Array.from({ length: k }, () => random.integer(n));
  return Uint32Array.from({ length: n }, (_, i) => {
    let [best, smallest] = [0, Infinity];
    centres.forEach((centre, c) => {
      let distance = 0;
      inputs.forEach((column, d) => {
        distance += ((column[i]! - column[centre]!) / inputScales[d]!) ** 2;
      });
      if (distance < smallest) [best, smallest] = [c, distance];
    });
    return best;
  });
}

/** Random shares in the order of a random linear score. */
function slices(k: number, { n, inputs }: FitData, { inputScales }: Scales, random: Stream): Uint32Array {
  const direction = inputScales.map((scale) => random.normal() / scale);
  const score = Float64Array.from({ length: n }, (_, i) =>
    inputs.reduce((sum, column, d) => sum + column[i]! * direction[d]!, 0),
  );
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => score[a]! - score[b]! || a - b);
  const cuts = Array.from({ length: k - 1 }, () => random.uniform() * n);
  const cells = new Uint32Array(n);
  order.forEach((row, rank) => {
    cells[row] = cuts.filter((cut) => cut <= rank).length;
  });
  return cells;
}

const ROUNDS = 6;

/** Each row goes to the linear trend that it fits best, each trend is fitted to its rows, and so on a few times. */
function trends(k: number, data: FitData, random: Stream): Uint32Array {
  const { n, inputs, response } = data;
  let cells = Uint32Array.from({ length: n }, () => random.integer(k));
  for (let round = 0; round < ROUNDS; round++) {
    const fits = Array.from({ length: k }, (_, c) => linearTrend(data, rowsWith(cells, c)));
    cells = Uint32Array.from(cells, (own, i) => {
      let [best, smallest] = [own, Infinity];
      fits.forEach((fit, c) => {
        if (fit === undefined) return;
        let error = fit[0]! - response[i]!;
        inputs.forEach((column, d) => {
          error += fit[d + 1]! * column[i]!;
        });
        if (error * error < smallest) [best, smallest] = [c, error * error];
      });
      return best;
    });
  }
  return cells;
}

/** The places of a cell. */
export function rowsWith(cells: Uint32Array, cell: number): number[] {
  const rows: number[] = [];
  cells.forEach((own, i) => {
    if (own === cell) rows.push(i);
  });
  return rows;
}

function linearTrend({ inputs, response }: FitData, rows: readonly number[]): Float64Array | undefined {
  if (rows.length === 0) return undefined;
  const design = matrix(rows.length, inputs.length + 1);
  rows.forEach((row, i) => {
    design.data[i] = 1;
    inputs.forEach((column, d) => {
      design.data[i + (d + 1) * rows.length] = column[row]!;
    });
  });
  return leastSquares(
    design,
    rows.map((row) => response[row]!),
  ).solution;
}

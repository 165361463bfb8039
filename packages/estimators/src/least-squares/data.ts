/**
 * The data of a least-squares fit: columns of rows that count, with what their size is measured by.
 */
import { stream } from '@tfjs-moe/core';
import type { Scales } from '../optimise/parameter-space.ts';
import type { Columns } from '../sample.ts';

export interface FitData {
  readonly n: number;
  readonly inputs: readonly Float64Array[];
  readonly response: Float64Array;
  readonly weights: Float64Array;
  /** Square roots of the weights, where they are not all 1. */
  readonly rootWeights: Float64Array | undefined;
}

/** The rows of positive weight. */
export function fitData({ n, inputs, response, weights }: Columns): FitData {
  const counts = [...weights.keys()].filter((i) => weights[i]! > 0);
  const all = { n, inputs, response, weights, rootWeights: undefined };
  return withRoots(counts.length === n ? all : rowsOf(all, counts));
}

/** At most `size` rows, drawn without replacement; the same rows for the same seed. */
export function subsample(data: FitData, size: number, seed: number): FitData {
  if (data.n <= size) return data;
  const rows = stream(seed, 'subsample').permutation(data.n).subarray(0, size).sort();
  return withRoots(rowsOf(data, rows));
}

export function rowsOf(data: FitData, rows: ArrayLike<number>): FitData {
  const pick = (column: Float64Array) => Float64Array.from(rows, (i) => column[i]!);
  return withRoots({
    n: rows.length,
    inputs: data.inputs.map(pick),
    response: pick(data.response),
    weights: pick(data.weights),
    rootWeights: undefined,
  });
}

function withRoots(data: FitData): FitData {
  const weighted = data.weights.some((weight) => weight !== 1);
  return { ...data, rootWeights: weighted ? data.weights.map(Math.sqrt) : undefined };
}

/** Weighted mean and standard deviation of a column. */
function moments(column: Float64Array, weights: Float64Array): { mean: number; deviation: number } {
  let [total, sum] = [0, 0];
  for (let i = 0; i < column.length; i++) {
    total += weights[i]!;
    sum += weights[i]! * column[i]!;
  }
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < column.length; i++) squares += weights[i]! * (column[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / total) };
}

/** The scales of the data; a column that does not vary has the scale 1. */
export function scalesOf({ inputs, response, weights }: FitData): Scales {
  const ofInputs = inputs.map((column) => moments(column, weights));
  return {
    inputMeans: ofInputs.map(({ mean }) => mean),
    inputScales: ofInputs.map(({ deviation }) => positive(deviation)),
    responseScale: positive(moments(response, weights).deviation),
  };
}

function positive(scale: number): number {
  return scale > 0 && Number.isFinite(scale) ? scale : 1;
}

import {
  evaluated,
  gaussian,
  lawOfWeights,
  type MixingMeasure,
  type Rows,
  trianglePlace,
} from '@tfjs-moe/measures';
import type { Predictive } from './predictive.ts';

/** The laws of each of several responses, whatever the others are. */
export function marginalsOf(who: string, measure: MixingMeasure, rows: Rows): readonly Predictive[] {
  const { experts, units = 1, covariances = [] } = measure;
  const { n, weights: ofGate, outputs } = evaluated(who, measure, rows, 'both');
  const weights = lawOfWeights(measure, ofGate);
  const family = gaussian();
  return Array.from({ length: units }, (_, j) => ({
    family,
    n,
    experts,
    weights,
    outputs: outputs.filter((_value, place) => place % units === j),
    units: 1,
    dispersions: Array.from({ length: experts }, (_unused, e) =>
      Math.sqrt((covariances[e] ?? covariances[0]!)[trianglePlace(j, j)]!),
    ),
    trials: undefined,
  }));
}

/** Columns of one number per row as [rows, columns] in row-major order. */
export function interleaved(columns: readonly Float64Array[]): Float64Array {
  const width = columns.length;
  const result = new Float64Array(width * columns[0]!.length);
  columns.forEach((column, j) => {
    column.forEach((value, i) => {
      result[i * width + j] = value;
    });
  });
  return result;
}

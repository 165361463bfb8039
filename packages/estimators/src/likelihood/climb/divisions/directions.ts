import { matrix, symmetricEigen } from '@tfjs-moe/numerics';
import { type Columns, columnsSeen } from '../../../sample.ts';
import { standardised } from './misfit.ts';

/** Most inputs whose principal directions are looked along. */
const MOST_PRINCIPAL = 12;

/** An order of the rows along which they can be cut. */
export interface Direction {
  /** Rows by their values, ascending. */
  readonly order: Uint32Array;
  /** Of every row. */
  readonly values: Float64Array;
}

/**
 * Columns along which a gate may cut: every input that it sees, the principal directions of all of them, each in units of its deviation,
 * and further columns. None divides a group.
 */
export function columnsToCut(data: Columns, further: readonly Float64Array[]): Float64Array[] {
  const { weights, totalWeight, groups } = data;
  const inputs = columnsSeen(data, 'gateInputs').map((column) => standardised(column, weights, totalWeight));
  return [...inputs, ...principal(inputs, data), ...further].filter((values) => {
    if (groups?.some((group, i) => i > 0 && group === groups[i - 1] && values[i] !== values[i - 1]))
      return false;
    const first = values.find((_, i) => weights[i]! > 0);
    return values.some((value, i) => weights[i]! > 0 && value !== first);
  });
}

/** Some rows in the order of a column. */
export function ordered(values: Float64Array, rows: Uint32Array): Direction {
  return { values, order: rows.slice().sort((i, j) => values[i]! - values[j]!) };
}

function principal(inputs: readonly Float64Array[], { weights, totalWeight }: Columns): Float64Array[] {
  const d = inputs.length;
  if (d === 1 || d > MOST_PRINCIPAL) return [];
  const correlations = matrix(d, d);
  for (let j = 0; j < d; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * inputs[j]![i]! * inputs[k]![i]!;
      correlations.data[j + k * d] = correlations.data[k + j * d] = sum / totalWeight;
    }
  }
  const { vectors } = symmetricEigen(correlations);
  return inputs.map((_, v) => {
    const along = new Float64Array(weights.length);
    inputs.forEach((column, j) => {
      const part = vectors.data[j + v * d]!;
      for (let i = 0; i < along.length; i++) along[i] = along[i]! + part * column[i]!;
    });
    return along;
  });
}

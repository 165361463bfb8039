import { evaluatedColumns, type MixingMeasure } from '@tfjs-moe/measures';

/**
 * What an estimate says of every row, and how large the share of every atom is.
 */
export function predictions(
  measure: MixingMeasure,
  inputs: readonly Float64Array[],
  weights: Float64Array,
): { readonly fitted: Float64Array; readonly shares: readonly number[] } {
  const { experts } = measure;
  const { n, weights: gates, outputs } = evaluatedColumns(measure, inputs);
  const fitted = new Float64Array(n);
  const shares = new Array<number>(experts).fill(0);
  let total = 0;
  for (let i = 0; i < n; i++) {
    total += weights[i]!;
    for (let e = 0; e < experts; e++) {
      const gate = gates[i * experts + e]!;
      if (gate === 0) continue;
      fitted[i] = fitted[i]! + gate * outputs[i * experts + e]!;
      shares[e] = shares[e]! + weights[i]! * gate;
    }
  }
  return { fitted, shares: shares.map((share) => share / total) };
}

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
    total += weights[i] as number;
    for (let e = 0; e < experts; e++) {
      const gate = gates[i * experts + e] as number;
      if (gate === 0) continue;
      fitted[i] = (fitted[i] as number) + gate * (outputs[i * experts + e] as number);
      shares[e] = (shares[e] as number) + (weights[i] as number) * gate;
    }
  }
  return { fitted, shares: shares.map((share) => share / total) };
}

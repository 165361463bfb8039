/**
 * By how much values are moved to both sides for a slope: about $10^{-5}$ deviations, and more than the last digits of the
 * largest. A power of two, so that values are moved by it exactly.
 */
export function differenceStep(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0));
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const size = deviation > 0 ? deviation : Math.max(1, largest);
  return 2 ** Math.round(Math.log2(Math.max(size * 2 ** -17, largest * 2 ** -36)));
}

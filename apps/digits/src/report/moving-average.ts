/**
 * Moving averages, whose windows shrink towards both ends: the first and the last value stay what they are.
 * @param reach values to each side that a full window takes in
 */
export function movingAverage(values: readonly number[], reach: number): number[] {
  return values.map((_, i) => {
    const side = Math.min(reach, i, values.length - 1 - i);
    const window = values.slice(i - side, i + side + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

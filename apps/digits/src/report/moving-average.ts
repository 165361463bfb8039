/**
 * Moving averages for curves that start steep and end flat: the windows shrink towards the first value, which stays what
 * it is, and are cut off after the last one, which would otherwise be as noisy as before.
 * @param reach values to each side that a full window takes in
 */
export function movingAverage(values: readonly number[], reach: number): number[] {
  return values.map((_, i) => {
    const side = Math.min(reach, i);
    const window = values.slice(i - side, i + side + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

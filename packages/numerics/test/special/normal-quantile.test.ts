import { normalQuantile } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';

describe('normalQuantile', () => {
  // scipy.stats.norm.ppf
  test.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798409],
    [1e-5, -4.264890793922825],
    [0.01, -2.3263478740408408],
    [0.02425, -1.972961051311885],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.999999, 4.753424308817087],
  ])('of %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(z)));
  });
  test('ends', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-1)).toBeNaN();
    expect(normalQuantile(2)).toBeNaN();
  });
});

import { normalCdf, normalDensity } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import { reference, relativeError } from '../reference.ts';

test('the distribution function is right to 2e-15, relatively, in the lower tail too', () => {
  for (const row of reference.special) {
    expect(relativeError(normalCdf(row.at), row.normalCdf), `at ${row.at}`).toBeLessThan(2e-15);
  }
});

test('the density is the first derivative', () => {
  for (const [at, , first] of reference.elementary.normalCdf ?? []) {
    // Farther out the derivative of the reference has no digits left.
    if (Math.abs(at) > 12) continue;
    expect(relativeError(normalDensity(at), first), `at ${at}`).toBeLessThan(2e-15);
  }
});

test('the ends', () => {
  expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(-60), normalCdf(60)]).toEqual([0, 1, 0, 1]);
  expect([normalDensity(Infinity), normalDensity(-Infinity)]).toEqual([0, 0]);
  expect([normalCdf(Number.NaN), normalDensity(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
});

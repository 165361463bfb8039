import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { erf, erfc, normalCdf } from '../../src/array/special.ts';

type Table = readonly (readonly [z: number, value: number])[];
const fixtures = new URL('../fixtures/special.json', import.meta.url);
const tables: Record<string, Table> = JSON.parse(readFileSync(fixtures, 'utf8'));

describe('against 50-digit values', () => {
  test.each([
    { name: 'erf', f: erf, digits: 15 },
    { name: 'erfc', f: erfc, digits: 12 },
    { name: 'normalCdf', f: normalCdf, digits: 12 },
  ])('$name has $digits digits', ({ name, f, digits }) => {
    for (const [z, value] of tables[name]!) {
      expect(Math.abs(f(z) - value), `at ${z}`).toBeLessThanOrEqual(10 ** -digits * Math.abs(value));
    }
  });
});

describe('at the ends', () => {
  test('erf is odd and reaches 1', () => {
    expect(erf(-0.7)).toBe(-erf(0.7));
    expect([erf(Infinity), erf(-Infinity), erf(40)]).toEqual([1, -1, 1]);
  });

  test('the tails are 0 and 1', () => {
    expect([normalCdf(-Infinity), normalCdf(-60), normalCdf(60), normalCdf(Infinity)]).toEqual([0, 0, 1, 1]);
  });

  test('NaN stays NaN', () => {
    expect([erf(Number.NaN), erfc(Number.NaN), normalCdf(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

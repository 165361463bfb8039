import { erf, erfc, scaledErfc } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { reference, relativeError } from '../reference.ts';

describe('against 40-digit values', () => {
  test('erf and erfc are right to 2e-15, relatively, in the tails too', () => {
    for (const row of reference.special) {
      expect(relativeError(erf(row.at), row.erf), `erf(${row.at})`).toBeLessThan(2e-15);
      expect(relativeError(erfc(row.at), row.erfc), `erfc(${row.at})`).toBeLessThan(2e-15);
    }
  });

  test('the scaled complement is erfc without its exponential', () => {
    for (const { at, erfc: expected } of reference.special) {
      if (at < 0 || at > 5) continue;
      expect(Math.abs(scaledErfc(at) / Math.exp(at * at) / Number(expected) - 1)).toBeLessThan(1e-14);
    }
  });
});

describe('at the ends', () => {
  test('erf is odd and reaches 1, erfc reaches 0 and 2', () => {
    expect([erf(0.7) + erf(-0.7), erf(3) + erf(-3)]).toEqual([0, 0]);
    expect([erf(Infinity), erf(-Infinity), erf(1e200)]).toEqual([1, -1, 1]);
    expect([erfc(Infinity), erfc(-Infinity), erfc(40)]).toEqual([0, 2, 0]);
  });

  test('NaN stays NaN', () => {
    expect([erf(Number.NaN), erfc(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });
});

import { stream } from '@tfjs-moe/core';
import { type Ball, balls, ballToNumber } from '@tfjs-moe/numerics/precise';
import { certifyRank, numericalRelations, relationDefect } from '@tfjs-moe/numerics/rank';
import { describe, expect, test } from 'vitest';

const BITS = 320;
const ring = balls(BITS);
const apply = (name: 'exp' | 'tanh' | 'gelu' | 'sqrt', at: Ball) => ring.derivatives(name, at, 0)[0]!;
const times = (a: Ball, b: Ball) => ring.dot([a], [b]);

/** exp, tanh, a multiple of sqrt(2) exp - sqrt(3) tanh of any size, and gelu at random points. */
function tied(points: number, seed: number): Ball[][] {
  const draw = stream(seed, 'tied');
  return Array.from({ length: points }, () => {
    const x = ring.constant(4 * draw.uniform() - 2);
    const [exp, tanh] = [apply('exp', x), apply('tanh', x)];
    const mixed = ring.sub(
      times(apply('sqrt', ring.constant(2)), exp),
      times(apply('sqrt', ring.constant(3)), tanh),
    );
    return [exp, tanh, times(mixed, ring.constant(1024)), apply('gelu', x)];
  });
}

function hilbert(rows: number, columns: number, bits: number): Ball[][] {
  const unit = 1n << BigInt(bits);
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ({ mid: unit / BigInt(i + j + 1), rad: 1n })),
  );
}

describe('a relation with irrational coefficients', () => {
  const found = numericalRelations(tied(9, 1), BITS);

  test('is found once, with a wide gap, and holds where nobody looked', () => {
    expect(found?.pivots).toHaveLength(3);
    expect(found?.relations).toHaveLength(1);
    expect(found?.gap).toBeGreaterThan(70);
    for (const row of tied(20, 2)) {
      for (const relation of found?.relations ?? []) {
        expect(relationDefect(relation, row, BITS)).toBeLessThan(1e-70);
      }
    }
  });

  test('has the coefficients that were planted', () => {
    const [relation] = found?.relations ?? [];
    // exp, tanh and the mixture c: 1024 sqrt(2) exp - 1024 sqrt(3) tanh - c = 0, whichever is written in the others.
    const full = new Map([[relation?.column, -(1n << BigInt(BITS))], ...(relation?.coefficients ?? [])]);
    const coefficient = (i: number) => ballToNumber({ mid: full.get(i) ?? 0n, rad: 0n }, BITS);
    expect(coefficient(0) / coefficient(2)).toBeCloseTo(-1024 * Math.SQRT2, 10);
    expect(coefficient(1) / coefficient(2)).toBeCloseTo(1024 * Math.sqrt(3), 10);
    expect(full.has(3)).toBe(false);
  });

  test('leaves columns that are proved independent', () => {
    const pivots = found?.pivots ?? [];
    const rows = tied(9, 3).map((row) => pivots.map((i) => row[i]!));
    expect(certifyRank(rows, BITS).certified).toBe(true);
    expect(certifyRank(tied(9, 3), BITS).certified).toBe(false);
  });
});

describe('nothing is found', () => {
  test('among independent columns', () => {
    const rows = tied(9, 4).map(([exp, tanh, , gelu]) => [exp, tanh, gelu] as Ball[]);
    expect(numericalRelations(rows, BITS)).toBeUndefined();
  });

  test('where pivots fall through the level of rounding without a gap', () => {
    // Pivots of Hilbert matrices fall by an even factor: with 96 bits the last ones drown, yet the rank is full.
    expect(numericalRelations(hilbert(41, 40, 96), 96)).toBeUndefined();
    expect(certifyRank(hilbert(41, 40, 768), 768).certified).toBe(true);
  });
});

test('a series that breaks off below the precision is none', () => {
  // f(x + d) = f(x) + d f'(x) + d^2 f''(x) / 2, and d^2 is below the level of rounding.
  const draw = stream(6, 'series');
  const distance = ring.constant(2 ** -140);
  const rows = Array.from({ length: 9 }, () => {
    const x = ring.constant(4 * draw.uniform() - 2);
    const [value, slope] = ring.derivatives('tanh', x, 1);
    return [value!, slope!, apply('tanh', ring.add(x, distance))];
  });
  expect(numericalRelations(rows, BITS)).toBeUndefined();
  expect(certifyRank(rows, BITS).certified).toBe(true);
});

test('a column of zeros is a relation without terms', () => {
  const zero: Ball = { mid: 0n, rad: 0n };
  const rows = tied(9, 5).map(([exp]) => [exp!, zero]);
  const found = numericalRelations(rows, BITS);
  expect(found?.relations).toEqual([{ column: 1, coefficients: new Map() }]);
  expect(relationDefect({ column: 1, coefficients: new Map() }, rows[0]!, BITS)).toBe(0);
  expect(() => numericalRelations([[zero]], BITS)).toThrow('more rows than columns (1)');
});

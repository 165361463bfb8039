import { readFileSync } from 'node:fs';
import { activations, stream } from '@tfjs-moe/core';
import { type Elementary, elementary } from '@tfjs-moe/numerics';
import { type Ball, ballOf, balls, ballToNumber, logTwoBall, piBall } from '@tfjs-moe/numerics/precise';
import { describe, expect, test } from 'vitest';
import { contains } from './contains.ts';

interface Table {
  readonly pi: string;
  readonly logTwo: string;
  readonly elementary: Record<string, [number, string, string, string][]>;
}
const table: Table = JSON.parse(
  readFileSync(new URL('../fixtures/enclosures.json', import.meta.url), 'utf8'),
);
const FINER = 576;

describe('against mpmath at 260 digits', () => {
  test.each([64, 128, 192, 256, 512])('every function and derivative is enclosed with %i bits', (bits) => {
    const { derivatives } = balls(bits);
    for (const [name, rows] of Object.entries(table.elementary)) {
      for (const [at, ...expected] of rows) {
        derivatives(name as Elementary, ballOf(at, bits), 2).forEach((ball, order) => {
          const value = BigInt(expected[order]!);
          const what = `${name}, derivative ${order} at ${at}`;
          expect(contains(ball, bits, value, FINER, 1n << 20n), what).toBe(true);
          // Narrow as well: 1/x and log at small arguments magnify most.
          expect(ball.rad < 1n << 24n, `${what}: radius ${ball.rad}`).toBe(true);
        });
      }
    }
  });

  test.each([32, 53, 200, 500])('pi and log 2 with %i bits', (bits) => {
    expect(contains(piBall(bits), bits, BigInt(table.pi), FINER, 1n)).toBe(true);
    expect(contains(logTwoBall(bits), bits, BigInt(table.logTwo), FINER, 1n)).toBe(true);
    expect(piBall(bits).rad + logTwoBall(bits).rad < 6n).toBe(true);
  });

  test('the table has every activation but the identity', () => {
    expect(Object.keys(table.elementary)).toEqual(
      expect.arrayContaining(activations.filter((name) => name !== 'identity')),
    );
  });
});

describe('a ball as argument', () => {
  const wide = balls(128);
  const fine = balls(320);
  const names = Object.keys(elementary) as Elementary[];

  test.each(names)('%s encloses its values at random points of random balls', (name) => {
    const draw = stream(5, name);
    for (let i = 0; i < 120; i++) {
      const center = ['log', 'sqrt', 'reciprocal', 'relu'].includes(name)
        ? 0.2 + 9 * draw.uniform()
        : 20 * draw.uniform() - 10;
      const rad = BigInt(Math.floor(2 ** (100 * draw.uniform())));
      const ball: Ball = { mid: ballOf(center, 128).mid, rad };
      // Both ends, the middle, and a point in between, exactly.
      for (const part of [-1000n, 1000n, 0n, BigInt(draw.integer(2001) - 1000)]) {
        const point: Ball = { mid: (ball.mid << 192n) + ((rad * part) << 192n) / 1000n, rad: 0n };
        const inside = fine.derivatives(name, point, 2);
        wide.derivatives(name, ball, 2).forEach((outer, order) => {
          const { mid, rad: own } = inside[order]!;
          if (!contains(outer, 128, mid, 320, own)) expect.fail(`${name}, derivative ${order} at ${center}`);
        });
      }
    }
  });

  test('what a ball cannot decide is an error', () => {
    const { derivatives, greater } = balls(64);
    const aroundZero: Ball = { mid: 5n, rad: 9n };
    expect(() => derivatives('relu', aroundZero, 0)).toThrow('kink of relu');
    expect(() => derivatives('reciprocal', aroundZero, 0)).toThrow('contains zero');
    expect(() => derivatives('log', aroundZero, 0)).toThrow('<= 0');
    expect(() => derivatives('sqrt', aroundZero, 0)).toThrow('negative');
    expect(() => derivatives('exp', { mid: 0n, rad: 1n << 70n }, 0)).toThrow('wider than 1');
    expect(() => greater(aroundZero, ballOf(0, 64))).toThrow('overlap');
    expect(() => ballOf(Number.NaN, 64)).toThrow('finite');
    expect(greater(ballOf(2, 64), ballOf(1, 64))).toEqual(ballOf(1, 64));
    expect(greater(ballOf(1, 64), ballOf(1, 64))).toEqual(ballOf(0, 64));
  });
});

describe('at the ends', () => {
  const { derivatives } = balls(128);
  const valueAt = (name: Elementary, at: number) => derivatives(name, ballOf(at, 128), 0)[0]!;

  test('tails are enclosed and cheap', () => {
    const one = 1n << 128n;
    for (const [name, at, limit] of [
      ['normalCdf', 1e6, one],
      ['normalCdf', -1e6, 0n],
      ['exp', -1e6, 0n],
      ['sigmoid', 5000, one],
      ['sigmoid', -5000, 0n],
      ['tanh', -5000, -one],
    ] as const) {
      const { mid, rad } = valueAt(name, at);
      expect((mid > limit ? mid - limit : limit - mid) <= rad, name).toBe(true);
      expect(rad < 64n, name).toBe(true);
    }
    expect(ballToNumber(valueAt('exp', 700), 128) / Math.exp(700)).toBeCloseTo(1, 12);
    expect(() => valueAt('exp', 1e6)).toThrow('too large');
  });

  test('thousands of bits', () => {
    for (const at of [0.25, -3, 20, -40, 60]) {
      for (const name of ['normalCdf', 'exp', 'gelu'] as const) {
        const [sharp] = balls(4096).derivatives(name, ballOf(at, 4096), 0) as [Ball];
        for (const bits of [900, 2048]) {
          const [ball] = balls(bits).derivatives(name, ballOf(at, bits), 0) as [Ball];
          expect(contains(ball, bits, sharp.mid, 4096, sharp.rad), `${name} at ${at}`).toBe(true);
          expect(ball.rad < 1n << 20n, `${name} at ${at}: ${ball.rad}`).toBe(true);
        }
        expect(sharp.rad < 1n << 20n, `${name} at ${at}: ${sharp.rad}`).toBe(true);
      }
    }
  });

  test('numbers go to balls and back', () => {
    for (const value of [0, 1, -3.75, 2 ** 200, 2 ** -100, Math.PI, -1e-20]) {
      expect(ballToNumber(ballOf(value, 256), 256)).toBe(value);
    }
    // Finer than the precision: enclosed, not exact.
    expect(ballOf(2 ** -100, 64)).toEqual({ mid: 0n, rad: 1n });
  });
});

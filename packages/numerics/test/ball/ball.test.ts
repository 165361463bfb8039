import { stream } from '@tfjs-moe/core';
import { type Ball, balls } from '@tfjs-moe/numerics/precise';
import { expect, test } from 'vitest';

const BITS = 64;
const ring = balls(BITS);
const draw = stream(3, 'balls');

/** A ball with a number in it, the number in units of 2^-64 / 1000. */
function ballWithPoint(): { ball: Ball; point: bigint } {
  const integer = (digits: number) => BigInt(Math.floor(2 ** (digits * draw.uniform())));
  const ball = {
    mid: (draw.uniform() < 0.5 ? -1n : 1n) * integer(72),
    rad: draw.uniform() < 0.2 ? 0n : integer(60),
  };
  return { ball, point: ball.mid * 1000n + ball.rad * BigInt(draw.integer(2001) - 1000) };
}

/** Whether numerator / denominator, a number in units of 2^-64, lies in a ball. */
function holds({ mid, rad }: Ball, numerator: bigint, denominator: bigint): boolean {
  const distance = mid * denominator - numerator;
  return (distance < 0n ? -distance : distance) <= rad * (denominator < 0n ? -denominator : denominator);
}

test('sums, products and reciprocals of points lie in the result, decided in rational numbers', () => {
  const unit = 1n << BigInt(BITS);
  let wrong = 0;
  for (let i = 0; i < 5000; i++) {
    const a = ballWithPoint();
    const b = ballWithPoint();
    const [x, y] = [a.point, b.point];
    if (!holds(ring.add(a.ball, b.ball), x + y, 1000n)) wrong++;
    if (!holds(ring.sub(a.ball, b.ball), x - y, 1000n)) wrong++;
    if (!holds(ring.dot([a.ball], [b.ball]), x * y, 1000000n * unit)) wrong++;
    if (!holds(ring.dot([a.ball, b.ball], [b.ball, b.ball]), x * y + y * y, 1000000n * unit)) wrong++;
    const size = a.ball.mid < 0n ? -a.ball.mid : a.ball.mid;
    if (size <= a.ball.rad) continue;
    const inverse = ring.derivatives('reciprocal', a.ball, 0)[0]!;
    if (!holds(inverse, 1000n * unit * unit, x)) wrong++;
  }
  expect(wrong).toBe(0);
});

test('square roots of points lie in the result, decided by squaring', () => {
  let wrong = 0;
  for (let i = 0; i < 3000; i++) {
    const { ball, point } = ballWithPoint();
    if (ball.mid < ball.rad) continue;
    const { mid, rad } = ring.derivatives('sqrt', ball, 0)[0]!;
    // root in [mid - rad, mid + rad] iff root^2 = point 2^64 / 1000 between the squares
    const square = point << BigInt(BITS);
    const low = mid - rad > 0n ? (mid - rad) ** 2n * 1000n : 0n;
    if (square < low || square > (mid + rad) ** 2n * 1000n) wrong++;
  }
  expect(wrong).toBe(0);
});

test('a radius that is too small is noticed by these tests', () => {
  const { ball, point } = { ball: { mid: 100n, rad: 7n }, point: 107000n };
  expect(holds(ball, point, 1000n)).toBe(true);
  expect(holds({ ...ball, rad: 6n }, point, 1000n)).toBe(false);
});

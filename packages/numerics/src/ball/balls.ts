import { expectInteger, MoeError } from '@tfjs-moe/core';
import { derivativesOver } from '../ring/derivatives-over.ts';
import type { Ring } from '../ring/ring.ts';
import {
  addBalls,
  type Ball,
  ballOf,
  dotBalls,
  mulBalls,
  reciprocalBall,
  sqrtBall,
  subBalls,
} from './ball.ts';
import { piBall } from './constants.ts';
import { expBall, logBall } from './exponential.ts';
import { normalCdfBall, normalDensityBall } from './normal.ts';

/**
 * Balls of a precision as a ring: with `jets` and `gridOps`, every router, gate and expert with rigorous bounds on its
 * value, gradient and Hessian.
 *
 * 192 bits suit most rank decisions; the cost grows slowly with the bits. One point at a time: for many points use
 * columns, and balls where they leave a doubt.
 *
 * The ring of balls in units of $2^{-p}$; `bits` is p.
 */
export function balls(bits: number): Ring<Ball> {
  expectInteger('balls', 'bits', bits, { min: 32, max: 4096 });
  const constant = (value: number) => ballOf(value, bits);
  const mul = (a: Ball, b: Ball) => mulBalls(a, b, bits);

  function positive({ mid, rad }: Ball): boolean {
    if (mid > rad) return true;
    if (mid < -rad || (mid === 0n && rad === 0n)) return false;
    throw new MoeError(
      'balls',
      'the kink of relu lies inside a ball: take another point or raise the precision',
    );
  }

  return Object.freeze({
    constant,
    isZero: ({ mid, rad }: Ball) => mid === 0n && rad === 0n,
    add: addBalls,
    sub: subBalls,
    dot: (a: readonly Ball[], b: readonly Ball[]) => dotBalls(a, b, bits),
    greater(a: Ball, b: Ball) {
      const { mid, rad } = subBalls(a, b);
      if (mid > rad) return constant(1);
      if (mid <= -rad) return constant(0);
      throw new MoeError(
        'balls',
        'two balls overlap, so that neither is known to be greater: raise the precision',
      );
    },
    derivatives: derivativesOver<Ball>({
      constant,
      add: addBalls,
      sub: subBalls,
      mul,
      reciprocal: (a) => reciprocalBall(a, bits),
      sqrt: (a) => sqrtBall(a, bits),
      exp: (a) => expBall(a, bits),
      log: (a) => logBall(a, bits),
      normalDensity: (a) => normalDensityBall(a, bits),
      normalCdf: (a) => normalCdfBall(a, bits),
      geluSlope: () => sqrtBall(mul(constant(8), reciprocalBall(piBall(bits), bits)), bits),
      negative: ({ mid }) => mid < 0n,
      positive,
    }),
  });
}

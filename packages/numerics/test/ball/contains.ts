/** Whether a ball contains a number, decided in integers. */
import type { Ball } from '@tfjs-moe/numerics/precise';

/** Whether `ball` at precision `bits` contains `number` at a finer precision, itself known to `slack` units. */
export function contains(ball: Ball, bits: number, number: bigint, finer: number, slack = 0n): boolean {
  const shift = BigInt(finer - bits);
  const distance = (ball.mid << shift) - number;
  return (distance < 0n ? -distance : distance) <= (ball.rad << shift) + slack;
}

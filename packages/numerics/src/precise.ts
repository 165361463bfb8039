/** Numbers beyond float64: with 30 digits, and balls, which enclose what is meant whatever was rounded. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// Rings of them, on which every definition runs.
export { doubleDoubles } from './double-double/double-doubles.ts';
export { doubleBalls, ballAt } from './double-ball/double-balls.ts';
export { balls } from './ball/balls.ts';

// Double-double numbers.
export {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  exactProduct,
  exactSum,
  mulDouble,
  sqrtDouble,
  subDouble,
} from './double-double/double-double.ts';
export { type DoublePivots, doublePivots } from './double-double/pivoted-qr.ts';

// Balls.
export { type DoubleBall, doubleBall, doubleBallOf } from './double-ball/double-ball.ts';
export { type Ball, ballOf, ballToNumber } from './ball/ball.ts';
export { logTwoBall, piBall } from './ball/constants.ts';

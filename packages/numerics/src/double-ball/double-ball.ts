import { MoeError } from '@tfjs-moe/core';

/** Numbers at N points; arrays of length 1 hold a number that is the same at every point. */
export interface DoubleBall {
  readonly high: Float64Array;
  /** At most half an ulp of `high`, up to the rounding of a sum. */
  readonly low: Float64Array;
  readonly rad: Float64Array;
}

/** $8u^2$ with $u = 2^{-53}$: a sum errs by less than $4u^2$, as a part of $|a| + |b|$. */
const SUM = 2 ** -103;
/** $16u^2$: a product errs by less than $9u^2$, as a part of $|ab|$. */
const PRODUCT = 2 ** -102;
/** Covers the rounding of a radius itself, and that `high` alone stands for a magnitude. */
const GROW = 1 + 2 ** -40;
/** Covers every underflow. */
const TINY = 2 ** -1000;
/** Veltkamp's splitting constant. */
const SPLIT = 134217729;

/**
 * Double-double numbers with radii, at N points at once: $|x_n - (h_n + l_n)| \le r_n$ for every point n.
 *
 * Rigorous like balls and some fifty times faster, to about 30 digits and in the range of float64. A number that is not
 * finite, or has a radius that is not, is unknown: whoever reads a result leaves such points out.
 *
 * Error analysis: `double-ball-arithmetic.md` of this package.
 *
 * A float64 number, exactly.
 */
export function doubleBall(value: number): DoubleBall {
  return { high: Float64Array.of(value), low: new Float64Array(1), rad: new Float64Array(1) };
}

/** Float64 numbers at points, exactly. */
export function doubleBallOf(values: Float64Array): DoubleBall {
  return { high: values, low: new Float64Array(values.length), rad: new Float64Array(values.length) };
}

/** Zeros to be filled. */
export function emptyDoubleBall(points: number): DoubleBall {
  return { high: new Float64Array(points), low: new Float64Array(points), rad: new Float64Array(points) };
}

/** Number of points of a result. */
export function commonPoints(...of: readonly DoubleBall[]): number {
  let points = 1;
  for (const { high } of of) {
    if (high.length === 1) continue;
    if (points !== 1 && points !== high.length) {
      throw new MoeError(
        'doubleBalls',
        `two numbers have different numbers of points: ${points} and ${high.length}`,
      );
    }
    points = high.length;
  }
  return points;
}

/** Whether a number is exactly `value` at every point, known without looking at points. */
export function isExactly({ high, low, rad }: DoubleBall, value: number): boolean {
  return high.length === 1 && high[0] === value && low[0] === 0 && rad[0] === 0;
}

/** $a + sb$ with $s = \pm1$: sums of high and of low parts without error, put together with two roundings. */
export function addDoubleBalls(a: DoubleBall, b: DoubleBall, sign: 1 | -1 = 1): DoubleBall {
  const points = commonPoints(a, b);
  const result = emptyDoubleBall(points);
  const [left, right] = [stride(a), stride(b)];
  for (let n = 0; n < points; n++) {
    const i = n * left;
    const j = n * right;
    addAt(result, n, a.high[i]!, a.low[i]!, a.rad[i]!, sign * b.high[j]!, sign * b.low[j]!, b.rad[j]!);
  }
  return result;
}

/** $\sum_k a_k b_k$. */
export function dotDoubleBalls(a: readonly DoubleBall[], b: readonly DoubleBall[]): DoubleBall {
  let sum: DoubleBall | undefined;
  let isOwn = false;
  a.forEach((left, k) => {
    const right = b[k]!;
    if (isExactly(left, 0) || isExactly(right, 0)) return;
    const factor = isExactly(left, 1) ? right : isExactly(right, 1) ? left : undefined;
    if (sum === undefined) {
      sum = factor ?? product(left, right);
      isOwn = factor === undefined;
      return;
    }
    const term = factor ?? product(left, right);
    // A sum that nobody else holds is added to in place.
    if (isOwn && sum.high.length >= term.high.length) addInto(sum, term);
    else sum = addDoubleBalls(sum, term);
    isOwn = true;
  });
  return sum ?? doubleBall(0);
}

const stride = ({ high }: DoubleBall) => (high.length === 1 ? 0 : 1);

function addInto(sum: DoubleBall, term: DoubleBall): void {
  const points = commonPoints(sum, term);
  const step = stride(term);
  for (let n = 0; n < points; n++) {
    const j = n * step;
    addAt(sum, n, sum.high[n]!, sum.low[n]!, sum.rad[n]!, term.high[j]!, term.low[j]!, term.rad[j]!);
  }
}

function addAt(
  to: DoubleBall,
  n: number,
  aHigh: number,
  aLow: number,
  aRad: number,
  bHigh: number,
  bLow: number,
  bRad: number,
): void {
  // Knuth's sum without error, four times: of the high parts, of the low parts, and twice to normalise.
  const s = aHigh + bHigh;
  const sPart = s - aHigh;
  const e = aHigh - (s - sPart) + (bHigh - sPart);
  const t = aLow + bLow;
  const tPart = t - aLow;
  const f = aLow - (t - tPart) + (bLow - tPart);
  const c = e + t;
  const v = s + c;
  const vPart = v - s;
  const w = s - (v - vPart) + (c - vPart) + f;
  const high = v + w;
  const highPart = high - v;
  to.high[n] = high;
  to.low[n] = v - (high - highPart) + (w - highPart);
  to.rad[n] = (aRad + bRad + SUM * (Math.abs(aHigh) + Math.abs(bHigh))) * GROW + TINY;
}

function product(a: DoubleBall, b: DoubleBall): DoubleBall {
  const points = commonPoints(a, b);
  const result = emptyDoubleBall(points);
  const [left, right] = [stride(a), stride(b)];
  for (let n = 0; n < points; n++) {
    const i = n * left;
    const j = n * right;
    const x = a.high[i]!;
    const y = b.high[j]!;
    const xRad = a.rad[i]!;
    const yRad = b.rad[j]!;
    // Dekker's product without error.
    const p = x * y;
    const xScaled = SPLIT * x;
    const xHigh = xScaled - (xScaled - x);
    const xLow = x - xHigh;
    const yScaled = SPLIT * y;
    const yHigh = yScaled - (yScaled - y);
    const yLow = y - yHigh;
    const e = xHigh * yHigh - p + xHigh * yLow + xLow * yHigh + xLow * yLow;
    const low = e + (x * b.low[j]! + a.low[i]! * y);
    const high = p + low;
    const part = high - p;
    result.high[n] = high;
    result.low[n] = p - (high - part) + (low - part);
    const [xSize, ySize] = [Math.abs(x), Math.abs(y)];
    result.rad[n] = (xSize * yRad + ySize * xRad + xRad * yRad + PRODUCT * (xSize * ySize)) * GROW + TINY;
  }
  return result;
}

/** Parts that an octave is cut into. */
const PARTS = 64;
const PARTS_PER_UNIT = PARTS / Math.LN2;
/** $\ln 2 / 64$ in two numbers: products of the first with integers of 20 bits are exact. */
const PART_HIGH = 0.6931471803691238 / PARTS;
const PART_LOW = 1.9082149292705877e-10 / PARTS;
/** $2^{j / 64}$. */
const FRACTIONS: Float64Array = Float64Array.from({ length: PARTS }, (_, j) => 2 ** (j / PARTS));
/** $2^{-m}$. */
const POWERS: Float64Array = Float64Array.from({ length: 1024 }, (_, m) => 2 ** -m);
/** Below it results have fewer digits, which `Math.exp` knows about. */
const LEAST = -708;

/**
 * $e^x$ of a number that is not positive, to two units in the last place: from a table of the fractions of an octave and five
 * terms of the series of what is left. Engines call a function for `Math.exp`, which takes twice the time, and a softmax
 * does little else.
 *
 * Source: Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic" (1989).
 */
export function expOfNegative(x: number): number {
  if (!(x > LEAST)) return Math.exp(x);
  const k = (x * PARTS_PER_UNIT - 0.5) | 0;
  const r = x - k * PART_HIGH - k * PART_LOW;
  const rest = r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  const octaves = (PARTS - 1 - k) >> 6;
  const fraction = FRACTIONS[k + (octaves << 6)]!;
  return POWERS[octaves]! * (fraction + fraction * rest);
}

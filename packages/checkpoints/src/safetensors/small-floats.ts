/**
 * How a floating-point number of few bits is laid out: sign, exponent and mantissa from the highest bit on, subnormals
 * below the smallest exponent.
 */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /**
   * What the largest exponent and the negative zero stand for. `ieee`: infinity and NaN, as in F16, BF16, F8_E5M2. `one`: NaN
   * only with a full mantissa, no infinity, F8_E4M3. `unsigned zero`: the negative zero is the one NaN, the formats whose
   * name ends in FNUZ. `none`: every pattern is a number, F4 and F6.
   */
  readonly special: 'ieee' | 'one' | 'unsigned zero' | 'none';
}

/** The formats that `floatFormats` describes. */
export type SmallFloat =
  | 'BF16'
  | 'F16'
  | 'F8_E5M2'
  | 'F8_E4M3'
  | 'F8_E5M2FNUZ'
  | 'F8_E4M3FNUZ'
  | 'F4'
  | 'F6_E2M3'
  | 'F6_E3M2';

/** The formats of safetensors that JavaScript has no array for. */
export const floatFormats: Readonly<Record<SmallFloat, FloatFormat>> = {
  BF16: { exponentBits: 8, mantissaBits: 7, bias: 127, special: 'ieee' },
  F16: { exponentBits: 5, mantissaBits: 10, bias: 15, special: 'ieee' },
  F8_E5M2: { exponentBits: 5, mantissaBits: 2, bias: 15, special: 'ieee' },
  F8_E4M3: { exponentBits: 4, mantissaBits: 3, bias: 7, special: 'one' },
  F8_E5M2FNUZ: { exponentBits: 5, mantissaBits: 2, bias: 16, special: 'unsigned zero' },
  F8_E4M3FNUZ: { exponentBits: 4, mantissaBits: 3, bias: 8, special: 'unsigned zero' },
  F4: { exponentBits: 2, mantissaBits: 1, bias: 1, special: 'none' },
  F6_E2M3: { exponentBits: 2, mantissaBits: 3, bias: 1, special: 'none' },
  F6_E3M2: { exponentBits: 3, mantissaBits: 2, bias: 3, special: 'none' },
};

/** The number that a pattern of bits stands for. */
export function decodeFloat(format: FloatFormat, pattern: number): number {
  const { exponentBits, mantissaBits, bias, special } = format;
  const sign = (pattern >> (exponentBits + mantissaBits)) & 1 ? -1 : 1;
  const largest = 2 ** exponentBits - 1;
  const exponent = (pattern >> mantissaBits) & largest;
  const mantissa = pattern & (2 ** mantissaBits - 1);
  if (special === 'ieee' && exponent === largest) return mantissa === 0 ? sign * Infinity : Number.NaN;
  if (special === 'one' && exponent === largest && mantissa === 2 ** mantissaBits - 1) return Number.NaN;
  if (special === 'unsigned zero' && sign === -1 && exponent === 0 && mantissa === 0) return Number.NaN;
  const fraction = mantissa / 2 ** mantissaBits;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/**
 * The pattern of bits that is nearest to a number, the even one of two: rounding as IEEE 754 has it. What is too large
 * becomes infinity, or NaN where the format has no infinity.
 */
export function encodeFloat(format: FloatFormat, value: number): number {
  const { exponentBits, mantissaBits, bias, special } = format;
  const steps = 2 ** mantissaBits;
  const largest = 2 ** exponentBits - 1;
  const signBit = 1 << (exponentBits + mantissaBits);
  const infinity = largest << mantissaBits;
  const nan = {
    ieee: infinity | (steps >> 1),
    one: infinity | (steps - 1),
    'unsigned zero': signBit,
    none: 0,
  };
  if (Number.isNaN(value)) return nan[special];
  const sign = value < 0 || Object.is(value, -0) ? signBit : 0;
  const size = Math.abs(value);
  const tooLarge = special === 'ieee' ? sign | infinity : special === 'one' ? sign | nan.one : nan[special];
  if (size === Infinity) return tooLarge;
  // The exponent of the number, not below that of subnormal ones.
  const exponent = Math.max(exponentOf(size), 1 - bias);
  const mantissa = roundToEven((size / 2 ** exponent) * steps);
  // Subnormal patterns and a carry into the exponent come out by themselves.
  const pattern = mantissa + (exponent + bias - 1) * steps;
  const above = special === 'ieee' ? infinity : special === 'one' ? nan.one : signBit;
  if (pattern >= above) return tooLarge;
  return pattern === 0 && special === 'unsigned zero' ? 0 : sign | pattern;
}

function exponentOf(size: number): number {
  if (size === 0) return -Infinity;
  const guess = Math.floor(Math.log2(size));
  if (2 ** guess > size) return guess - 1;
  return 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The power of two of an F8_E8M0 pattern. */
export function decodeE8M0(pattern: number): number {
  return pattern === 255 ? Number.NaN : 2 ** (pattern - 127);
}

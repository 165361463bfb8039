import { type Checkpoint, integerProduct } from '@tfjs-moe/numerics';

/** An integer vector times a power of two. */
export interface Scaled {
  readonly entries: readonly bigint[];
  /** The vector is entries times 2^exponent. */
  readonly exponent: number;
}

/** Bits that are worked with beyond those that are known. */
export const GUARD = 64;

/** A vector minus its parts along some others of length 1, twice, for the first time leaves rounding; nothing if that is all. */
export function projected(
  of: Scaled | undefined,
  basis: readonly Scaled[],
  bits: number,
  spend: Checkpoint,
): Scaled | undefined {
  let rest = of;
  for (let pass = 0; pass < 2 && rest !== undefined; pass++) {
    for (const q of basis) {
      spend(2 * rest.entries.length * integerProduct(bits));
      const { entries }: Scaled = rest;
      let inner = 0n;
      for (let n = 0; n < entries.length; n++) inner += entries[n]! * q.entries[n]!;
      const along = shifted(inner, q.exponent);
      rest = {
        entries: entries.map((entry, n) => entry - shifted(along * q.entries[n]!, q.exponent)),
        exponent: rest.exponent,
      };
    }
    const before: number = of === undefined ? 0 : sizeOf(of);
    // Below this nothing is left but what the balls do not know.
    if (sizeOf(rest) < before - (bits - GUARD) * KNOWN) return undefined;
    rest = normalised(rest, bits);
  }
  return rest;
}

/** Part of the bits to which functions are taken to be known. */
const KNOWN = 0.9;

/** The vector of length 1 in its direction. */
export function unit({ entries }: Scaled, bits: number): Scaled {
  let square = 0n;
  for (const entry of entries) square += entry * entry;
  const length = root(square);
  return { entries: entries.map((entry) => (entry << BigInt(bits)) / length), exponent: -bits };
}

/** With the largest entry of so many bits; nothing for zero. */
export function normalised({ entries, exponent }: Scaled, bits: number): Scaled | undefined {
  const length = Math.max(...entries.map(bitLength));
  if (length === 0) return undefined;
  const shift = bits - length;
  return { entries: entries.map((entry) => shifted(entry, shift)), exponent: exponent - shift };
}

/** log2 of the largest entry, about. */
export function sizeOf({ entries, exponent }: Scaled): number {
  return Math.max(...entries.map(bitLength)) + exponent;
}

export function bitLength(a: bigint): number {
  if (a === 0n) return 0;
  return (a < 0n ? -a : a).toString(2).length;
}

export const shifted = (a: bigint, by: number): bigint => (by >= 0 ? a << BigInt(by) : a >> BigInt(-by));

/** The nearest float64 number, about. */
export function toNumber(a: bigint, exponent: number): number {
  const drop = Math.max(0, bitLength(a) - 60);
  return Number(shifted(a, -drop)) * 2 ** (exponent + drop);
}

/** $\lfloor\sqrt a\rfloor$ by Newton's method from above. */
function root(a: bigint): bigint {
  let value = 1n << BigInt(Math.ceil(bitLength(a) / 2));
  for (;;) {
    const next = (value + a / value) >> 1n;
    if (next >= value) return value;
    value = next;
  }
}

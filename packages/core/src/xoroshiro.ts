/** Two words of 64 bits, each as its high and its low half, as signed integers. Not all 0. */
export type GeneratorState = readonly [high0: number, low0: number, high1: number, low1: number];

/**
 * The generator xoroshiro128+ with the shifts 24, 16 and 37: each call returns the low 32 bits of the next number.
 *
 * Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018).
 */
export function xoroshiro128plus(state: GeneratorState): () => number {
  let [high0, low0, high1, low1] = state;
  return () => {
    const sum = (low0 + low1) | 0;
    const high = high0 ^ high1;
    const low = low0 ^ low1;
    const rotated = (low0 << 24) ^ (high0 >>> 8);
    high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    low0 = rotated ^ low ^ (low << 16);
    high1 = (low << 5) | (high >>> 27);
    low1 = (high << 5) | (low >>> 27);
    return sum;
  };
}

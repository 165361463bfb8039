/**
 * The generator xoroshiro128+ with the shifts 24, 16 and 37: each call fills a list with numbers on [0, 1), whose 53 bits
 * are the upper 27 and 26 of the low halves of two numbers of the generator.
 *
 * @param state two words of 64 bits, each as its high and its low half, not all 0; it moves on with every call
 *
 * Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018).
 */
export function xoroshiro128plus(state: Int32Array): (values: Float64Array) => void {
  return (values) => {
    // What a list holds is stored at every step, what a call holds stays in registers; and a number is two steps
    // written out, which takes half the time of a loop over them.
    let high0 = state[0]!;
    let low0 = state[1]!;
    let high1 = state[2]!;
    let low1 = state[3]!;
    for (let i = 0; i < values.length; i++) {
      const first = (low0 + low1) >>> 5;
      let high = high0 ^ high1;
      let low = low0 ^ low1;
      let rotated = (low0 << 24) ^ (high0 >>> 8);
      high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
      low0 = rotated ^ low ^ (low << 16);
      high1 = (low << 5) | (high >>> 27);
      low1 = (high << 5) | (low >>> 27);

      values[i] = (first * 0x4000000 + ((low0 + low1) >>> 6)) / 0x20000000000000;
      high = high0 ^ high1;
      low = low0 ^ low1;
      rotated = (low0 << 24) ^ (high0 >>> 8);
      high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
      low0 = rotated ^ low ^ (low << 16);
      high1 = (low << 5) | (high >>> 27);
      low1 = (high << 5) | (low >>> 27);
    }
    state[0] = high0;
    state[1] = low0;
    state[2] = high1;
    state[3] = low1;
  };
}

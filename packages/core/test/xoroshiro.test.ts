import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { xoroshiro128plus } from '../src/xoroshiro.ts';

test('draws what another implementation of xoroshiro128+ draws, from any state', () => {
  const word = fc.oneof(fc.integer(), fc.constantFrom(0, -1, -(2 ** 31), 2 ** 31 - 1));
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), (state) => {
      const other = xoroshiro128plusFromState(state);
      const fill = xoroshiro128plus(Int32Array.from(state));
      // In lists of several lengths, for the state has to outlast a call.
      for (const length of [1, 0, 3, 50]) {
        const values = new Float64Array(length);
        fill(values);
        for (const value of values) {
          const [upper, lower] = [other.next() >>> 5, other.next() >>> 6];
          expect(value).toBe((upper * 2 ** 26 + lower) / 2 ** 53);
        }
      }
    }),
  );
});

import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { xoroshiro128plus } from '../src/xoroshiro.ts';

test('draws what another implementation of xoroshiro128+ draws, from any state', () => {
  const word = fc.oneof(fc.integer(), fc.constantFrom(0, -1, -(2 ** 31), 2 ** 31 - 1));
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), (state) => {
      const other = xoroshiro128plusFromState(state);
      const next = xoroshiro128plus(state);
      for (let i = 0; i < 200; i++) expect(next()).toBe(other.next());
    }),
  );
});

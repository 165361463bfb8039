import { expect, test } from 'vitest';
import { randomFamilies } from './random-families.ts';

test('no false word about random families; scripts/random-families.mjs tries thousands', () => {
  const { counts, wrong } = randomFamilies(1, 60);
  expect(wrong).toEqual([]);
  const said = Object.keys(counts);
  for (const kind of ['planted: dependent', 'not planted: independent', 'mixture']) {
    expect(said.some((of) => of.includes(kind))).toBe(true);
  }
});

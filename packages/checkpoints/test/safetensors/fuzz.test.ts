import { expect, test } from 'vitest';
import { fuzzSafetensors } from './fuzz.ts';

test('a damaged file is refused by name or read as it says', { timeout: 60_000 }, async () => {
  const { read, refused, wrong } = await fuzzSafetensors(20261130, 3000);
  expect(wrong).toEqual([]);
  // Damage that nothing is made of, or that always is, would show nothing.
  expect(read).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1000);
});

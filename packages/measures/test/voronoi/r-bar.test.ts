import { expect, test } from 'vitest';
import { rBar } from '../../src/index.ts';

test('rBar', () => {
  expect(rBar(2)).toEqual({ value: 4, isBound: false });
  expect(rBar(3)).toEqual({ value: 6, isBound: false });
  expect(rBar(4)).toEqual({ value: 7, isBound: true });
  expect(rBar(9)).toEqual({ value: 7, isBound: true });
  expect(() => rBar(1)).toThrow('[tfjs-moe] rBar: atoms must be an integer of at least 2. Received: 1.');
});

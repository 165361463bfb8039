import { expect, test } from 'vitest';
import { clock, count, duration, percent } from '../src/format.ts';
import { textTable } from '../src/text-table.ts';

test('numbers', () => {
  expect(count(168_850.4)).toBe('168,850');
  expect(percent(0.97625)).toBe('97.63 %');
  expect(percent(1, 0)).toBe('100 %');
  expect([0, 59.6, 61, 3_600, -1].map(clock)).toEqual(['0:00', '1:00', '1:01', '60:00', '0:00']);
  expect([8.34, 83.4].map(duration)).toEqual(['8.3 s', '83 s']);
});

test('textTable aligns names to the left and numbers to the right', () => {
  expect(
    textTable([
      ['', 'load'],
      ['a', '5'],
      ['bcd', '12345'],
    ]),
  ).toBe('      load\na        5\nbcd  12345');
});

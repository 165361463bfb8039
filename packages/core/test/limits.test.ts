import { describe, expect, test } from 'vitest';
import { expectExperts, expectSize, expectSizes } from '../src/expect.ts';
import { limits } from '../src/limits.ts';
import { expectAffordable } from '../src/params.ts';

const spec = (copies: number, ...shape: [number] | [number, number]) =>
  ({ shape, copies, initializer: { kind: 'zeros' } }) as const;

test('sizes are accepted up to their limits', () => {
  expect(expectSize('a', 'units', limits.numbersOfWeight)).toBe(2 ** 28);
  expect(expectExperts('a', 'experts', limits.experts)).toBe(65_536);
  expect(expectSizes('a', 'hiddenUnits', new Array(limits.hiddenLayers).fill(1))).toHaveLength(1024);
  expectAffordable('a', { kernel: spec(2 ** 8, 2 ** 10, 2 ** 10), other: spec(2 ** 8, 2 ** 20) });
});

describe('what is larger is named', () => {
  test.each([
    [() => expectSize('a', 'units', 2 ** 31), 'a: units must be at most 268,435,456. Received: 2147483648.'],
    [() => expectSize('a', 'units', 1e308), 'a: units must be at most 268,435,456. Received: 1e+308.'],
    [() => expectSize('a', 'units', 0), 'a: units must be an integer of at least 1. Received: 0.'],
    [() => expectExperts('a', 'experts', 1e9), 'a: experts must be at most 65,536. Received: 1000000000.'],
    [() => expectExperts('a', 'k', Infinity), 'a: k must be an integer of at least 1. Received: Infinity.'],
    [
      () => expectSizes('a', 'hiddenUnits', [4, 1e308]),
      'a: hiddenUnits must be at most 268,435,456. Received: 1e+308.',
    ],
    [
      () => expectSizes('a', 'hiddenUnits', new Array(10_000).fill(1)),
      'a: the length of hiddenUnits must be at most 1,024. Received: 10000.',
    ],
    [
      () => expectAffordable('moe', { 'expert/kernel': spec(64, 2 ** 12, 2 ** 12) }),
      'moe: a weight may hold 268,435,456 numbers, and expert/kernel would be [64, 4096, 4096]. ' +
        'Received: 1073741824.',
    ],
    [
      () => expectAffordable('moe', { a: spec(1, 2 ** 28), b: spec(1, 2 ** 28), c: spec(1, 1) }),
      'moe: all weights may hold 536,870,912 numbers together. Received: 536870913.',
    ],
  ])('%#: %s', (act, message) => {
    expect(act).toThrow(`[tfjs-moe] ${message}`);
  });
});

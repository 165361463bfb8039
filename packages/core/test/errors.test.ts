import { describe, expect, test } from 'vitest';
import { MoeError, show } from '../src/errors.ts';

describe('MoeError', () => {
  test('says who complains, the rule, and what was received', () => {
    const error = new MoeError('topK', 'k must be an integer', 1.5);
    expect(error.message).toBe('[tfjs-moe] topK: k must be an integer. Received: 1.5.');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.who]).toEqual(['MoeError', 'topK']);
  });

  test('tells undefined from nothing', () => {
    expect(new MoeError('a', 'b').message).toBe('[tfjs-moe] a: b.');
    expect(new MoeError('a', 'b', undefined).message).toBe('[tfjs-moe] a: b. Received: undefined.');
  });
});

describe('show', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  function named() {}

  test.each([
    ['text', '"text"'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [-0.5, '-0.5'],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a'], '[1,"a"]'],
    [{ k: 1 }, '{"k":1}'],
    [named, 'a function (named)'],
    [(() => () => {})(), 'a function'],
    [circular, '[object Object]'],
  ])('%# is one short line', (value, line) => {
    expect(show(value)).toBe(line);
  });

  test('long values are cut', () => {
    expect(show('x'.repeat(500))).toHaveLength(121);
    expect(show(Array.from({ length: 1000 }, () => 1))).toHaveLength(121);
  });
});

import { describe, expect, test } from 'vitest';
import { assert, assertClose, assertFinite, assertSameJson } from '../../src/testing/index.ts';

describe('assertions', () => {
  test('pass quietly', () => {
    assert(true, 'never');
    assertClose([1, 1e9, Infinity], [1 + 1e-13, 1e9 + 1e-4, Infinity], 'close');
    assertClose([2], [2], 'same', 0);
    assertFinite([0, -1e308], 'finite');
    assertSameJson({ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 }, 'json');
  });

  test.each([
    [() => assert(false, 'no'), 'no'],
    [() => assertClose([1], [1, 2], 'x'), 'x: 1 numbers instead of 2'],
    [() => assertClose([1, 2], [1, 2.1], 'x'), 'x: number 1 is 2 instead of 2.1'],
    [() => assertClose([Number.NaN], [Number.NaN], 'x'), 'x: number 0 is NaN'],
    [() => assertClose([1], [1 + 1e-15], 'x', 0), 'x: number 0'],
    [() => assertFinite([1, Infinity], 'x'), 'x: number 1 is Infinity'],
    [() => assertSameJson([1, 2], [2, 1], 'x'), 'x: [1,2] is not the same JSON as [2,1]'],
  ])('%# throws a plain error', (check, message) => {
    expect(check).toThrow(message);
  });
});

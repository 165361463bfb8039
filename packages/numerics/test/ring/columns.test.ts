import { columns, columnsOf, spreadColumn } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';

const a = Float64Array.of(1, 2, 3);
const b = Float64Array.of(10, 20, 30);

describe('columns', () => {
  test('numbers stand for every point', () => {
    expect(columns.add(a, 1)).toEqual(Float64Array.of(2, 3, 4));
    expect(columns.add(1, a)).toEqual(Float64Array.of(2, 3, 4));
    expect(columns.sub(a, 1)).toEqual(Float64Array.of(0, 1, 2));
    expect(columns.sub(0, a)).toEqual(Float64Array.of(-1, -2, -3));
    expect(columns.sub(b, a)).toEqual(Float64Array.of(9, 18, 27));
    expect([columns.add(2, 3), columns.sub(2, 3), columns.greater(2, 3)]).toEqual([5, -1, 0]);
    expect(columns.greater(a, 2)).toEqual(Float64Array.of(0, 0, 1));
    expect(spreadColumn(7, 2)).toEqual(Float64Array.of(7, 7));
  });

  test('a contraction mixes numbers and arrays in any order', () => {
    const expected = Float64Array.of(1 * 10 + 2 + 6, 2 * 20 + 4 + 6, 3 * 30 + 6 + 6);
    expect(columns.dot([a, a, 2], [b, 2, 3])).toEqual(expected);
    expect(columns.dot([2, 2, b], [3, a, a])).toEqual(expected);
    expect(columns.dot([1, 2], [3, 4])).toBe(11);
    expect(columns.dot([a, 1], [1, a])).toEqual(Float64Array.of(2, 4, 6));
  });

  test('results may share arrays but never change them', () => {
    const kept = a.slice();
    expect(columns.dot([a], [1])).toBe(a);
    columns.dot([a, a, b], [1, 1, 1]);
    columns.add(columns.dot([1], [a]), 5);
    expect(a).toEqual(kept);
  });

  test('what is known to be zero or its own derivative is not computed twice', () => {
    const [value, first, second] = columns.derivatives('exp', a, 2);
    expect([first, second]).toEqual([value, value]);
    expect(columns.derivatives('relu', a, 2)[2]).toBe(0);
    expect(columns.derivatives('tanh', 0, 1)).toEqual([0, 1]);
  });

  test('different numbers of points are an error', () => {
    expect(() => columns.add(a, Float64Array.of(1))).toThrow('different numbers of points: 3 and 1');
    expect(() => columns.dot([a, 2], [b, Float64Array.of(1)])).toThrow('different numbers of points');
    expect(() => columnsOf([[1, 2], [3]])).toThrow('rows must have equal lengths');
    expect(
      columnsOf([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([Float64Array.of(1, 3), Float64Array.of(2, 4)]);
  });
});

import { describe, expect, test } from 'vitest';
import { columnsOfSample, type Sample } from '../src/sample.ts';

const sample: Sample = {
  inputs: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  response: [7, 8, 9],
};

describe('sample', () => {
  test('is turned into columns', () => {
    const columns = columnsOfSample('test', { ...sample, weights: [1, 0, 2.5] });
    expect(columns.inputs.map((column) => Array.from(column))).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(Array.from(columns.response)).toEqual([7, 8, 9]);
    expect(columns.totalWeight).toBe(3.5);
    expect(columns.inputNames).toEqual(['x1', 'x2']);
    expect(columnsOfSample('test', sample).totalWeight).toBe(3);
  });

  test.each<[string, object, string]>([
    ['no rows', { inputs: [], response: [] }, 'at least one observation'],
    ['no inputs', { inputs: [[], [], []] }, 'at least one input'],
    ['lengths', { response: [1] }, 'response must have 3 numbers'],
    ['ragged rows', { inputs: [[1, 2], [3], [4, 5]] }, 'row 1 of inputs must have 2 numbers'],
    [
      'NaN',
      {
        inputs: [
          [1, 2],
          [3, Number.NaN],
          [4, 5],
        ],
      },
      'column "x2" must hold finite numbers; row 1',
    ],
    ['infinite', { response: [1, 2, Infinity] }, 'column "y" must hold finite numbers; row 2'],
    ['a negative weight', { weights: [1, -1, 1] }, 'weights must not be negative; row 1'],
    ['no weight', { weights: [0, 0, 0] }, 'weights must not all be 0'],
    ['names', { inputNames: ['a'] }, 'inputNames must have 2 names'],
  ])('refuses %s', (_, change, message) => {
    expect(() => columnsOfSample('test', { ...sample, ...change } as Sample)).toThrow(message);
  });
});

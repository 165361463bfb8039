/** The tables of verdicts by keyboard and by link. */
import { expect, test } from 'vitest';
import { cellKeys, expertCounts, inputDims, namedExperts } from '../verdicts/cells.ts';
import { addressOf, moved, placeOf } from '../verdicts/place.ts';

const experts = Object.keys(namedExperts);
const sizes = inputDims.flatMap((inputDim) => expertCounts.map((count) => ({ inputDim, experts: count })));

test('every cell has an address of its own, which leads back to it', () => {
  const keys = cellKeys();
  expect(new Set(keys.map(addressOf)).size).toBe(keys.length);
  for (const key of keys) {
    const place = placeOf(addressOf(key), key.gate, experts, sizes)!;
    expect(experts[place.row]).toBe(key.expert);
    expect(sizes[place.column]).toEqual({ inputDim: key.inputDim, experts: key.experts });
  }
});

test.each([
  '',
  '#',
  '#softmax',
  '#softmax/gelu/2',
  '#softmax/gelu/2/9',
  '#sigmoid/gelu/2/2',
  '#softmax//2/2',
])('%j names no cell of the table of softmax', (hash) => {
  expect(placeOf(hash, 'softmax', experts, sizes)).toBeUndefined();
});

test('arrows pass over what is not there, and stop at the edges', () => {
  const size = { rows: 3, columns: 4 };
  const isThere = ({ row, column }: { row: number; column: number }) => !(row === 1 && column === 1);
  const go = (row: number, column: number, key: string) => moved({ row, column }, key, size, isThere);
  expect(go(1, 0, 'ArrowRight')).toEqual({ row: 1, column: 2 });
  expect(go(0, 1, 'ArrowDown')).toEqual({ row: 2, column: 1 });
  expect(go(2, 3, 'Home')).toEqual({ row: 2, column: 0 });
  expect(go(1, 0, 'End')).toEqual({ row: 1, column: 3 });
  const corner = { row: 2, column: 3 };
  for (const key of ['ArrowRight', 'ArrowDown', 'End', 'Enter', 'a'])
    expect(moved(corner, key, size, isThere)).toBe(corner);
});

import { stream } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import { leastAbsolute } from '../../../../src/likelihood/climb/absolute/least-absolute.ts';
import { leastAbsoluteOfMany } from '../../../../src/likelihood/climb/absolute/rows-in-reach.ts';

/** Rows enough for a region to be looked at first. */
const ROWS = 21_000;

test.each([
  { start: [1, -2], name: 'near the minimum' },
  { start: [1.05, -1.9], name: 'some regions away' },
  { start: [-40, 300], name: 'far away' },
])('looks at a few rows and finds the vertex that all rows have, from $name', ({ start }) => {
  const random = stream(1, 'rows in reach', start[0]!);
  const x = Float64Array.from({ length: ROWS }, () => random.normal());
  const ones = new Float64Array(ROWS).fill(1);
  const target = x.map((value) => 1 - 2 * value + 0.5 * random.gumbel());
  // A third weighs nothing, as rows of other experts do.
  const weights = x.map((_, i) => (i % 3 === 0 ? 0 : random.uniform()));
  const apart = new Float64Array(ROWS);
  const rows = { columns: [ones, x], target, weights };
  const from = Float64Array.from(start);
  const found = leastAbsoluteOfMany(rows, apart, from);
  const all = leastAbsolute(rows, apart, from);
  expect([...found.active].sort()).toEqual([...all.active].sort());
  expect(Array.from(found.at)).toEqual(Array.from(all.at, (value) => expect.closeTo(value, 12)));
  // From the rows that are met, as a climb goes on, too.
  const again = leastAbsoluteOfMany(rows, apart, from, [...all.active]);
  expect([...again.active].sort()).toEqual([...all.active].sort());
});

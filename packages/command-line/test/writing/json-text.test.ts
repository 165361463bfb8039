import { expect, test } from 'vitest';
import { jsonText } from '../../src/writing/json-text.ts';

test('numbers that JSON does not have are words that read back as numbers', () => {
  const written = jsonText({ a: Infinity, b: [-Infinity, NaN, 1.5], none: null, text: 'NaN' });
  expect(written).toBe('{"a":"Infinity","b":["-Infinity","NaN",1.5],"none":null,"text":"NaN"}');
  const { a, b } = JSON.parse(written);
  expect([a, ...b].map(Number)).toEqual([Infinity, -Infinity, NaN, 1.5]);
  expect(jsonText({ a: [1] }, 2)).toBe(JSON.stringify({ a: [1] }, null, 2));
});

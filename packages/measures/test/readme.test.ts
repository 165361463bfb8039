import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "1 1",
      "[-2,0]",
      "0",
    ]
  `);
});

test("the README's second example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname, 1)).toEqual(['competitive found']);
});

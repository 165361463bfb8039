import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's first example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "10000 10000",
      "[1,1,1]",
    ]
  `);
});

test("the README's second example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname, 1)).toMatchInlineSnapshot(`
    [
      "["siteb","age"] [[1,41],[0,38],[0,29]]",
    ]
  `);
});

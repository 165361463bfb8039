import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's first example runs and prints what it says", async () => {
  expect((await readmeLines(import.meta.dirname)).slice(0, 3)).toMatchInlineSnapshot(`
    [
      "dependent",
      "1",
      "formal ring",
    ]
  `);
});

test("the README's second example runs and prints what it says", async () => {
  expect((await readmeLines(import.meta.dirname, 1)).slice(0, 3)).toMatchInlineSnapshot(`
    [
      "not identifiable",
      "temperature scale",
      "["fixed temperature","bounded router output","sigmoid gate"]",
    ]
  `);
});

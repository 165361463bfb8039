import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "["router/kernel","bias"]",
      "2 2",
      "sigmoid hierarchical",
    ]
  `);
});

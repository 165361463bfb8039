import { expect, test } from 'vitest';
import { readmeLines } from './readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "0.36787944117144233",
    ]
  `);
});

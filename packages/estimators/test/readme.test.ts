import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "true gradient",
      "[-4,2]",
      "0.4",
    ]
  `);
});

import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "[0.17046360215639383,0,1]",
      "0",
      "true true",
    ]
  `);
});

import { expect, test } from 'vitest';
import { readmeLines } from '../../core/test/readme.ts';

test("the README's example runs and prints what it says", async () => {
  expect(await readmeLines(import.meta.dirname)).toMatchInlineSnapshot(`
    [
      "[16,64]",
      "{"kind":"ffn","hiddenUnits":[64],"activation":"gelu","outputWeights":true,"useBias":true,"kernelInitializer":{"kind":"glorotUniform"},"biasInitializer":{"kind":"zeros"}}",
    ]
  `);
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test("the README's example is the one that the site compiles and runs", () => {
  const read = (path: string) => readFileSync(resolve(import.meta.dirname, path), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? [];
  expect(code).toContain('routeModel');
  expect(read('../../../docs/guide/in-a-transformer.md')).toContain(`\`\`\`ts check\n${code}\`\`\``);
});

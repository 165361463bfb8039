/** There is one page for each plugin, under its name, and it says what such a page has to say. */
import { expect, test } from 'vitest';
import { pageMismatches, pluginPages } from '../build/plugin-pages.ts';
import { textOf } from './pages.ts';

test('every plugin has a page, and every page has a plugin', () => {
  expect(pageMismatches()).toEqual([]);
});

const headings = ['## Use it when', '## Do not use it when', '## Options', '## Source'];

test.each(pluginPages().map(({ page }) => page))('%s has a formula, use, options and a source', (page) => {
  const text = textOf(page);
  for (const heading of headings) expect(text).toContain(`\n${heading}\n`);
  expect(text).toMatch(/^::: options \w+\n:::$|^None\.$|^`\w+\(\w+\)` takes one /m);
  if (!page.startsWith('datasets/')) expect(text).toMatch(/^\$\$\n/m);
  expect(text).toContain('```ts check\n');
});

test.each(pluginPages())('$page shows the options of $source', ({ page, source }) => {
  const [, options] = /export (?:interface|type) (\w+Options)\b/.exec(sourceText(source)) ?? [];
  if (options !== undefined) expect(textOf(page)).toContain(`::: options ${options}\n`);
});

test('the start page counts right', () => {
  const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
  const count = (folder: string) => {
    const pages = pluginPages().filter(({ page }) => page.startsWith(folder)).length;
    return numbers[pages] ?? String(pages);
  };
  const text = textOf('index.md').toLowerCase();
  expect(text).toContain(`**${count('gates/')} gates**`);
  expect(text).toContain(`${count('routers/')} [routers]`);
  expect(text).toContain(`${count('experts/')} kinds of [expert]`);
  expect(text).toContain(`${count('losses/')} [balance losses]`);
});

function sourceText(file: string): string {
  return textOf(file.slice(file.indexOf('/packages/')).replace('/packages/', '../packages/'));
}

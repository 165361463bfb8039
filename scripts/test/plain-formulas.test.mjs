/** npm shows the README of a package as it is written: no formula may need TeX. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { plainFormulas } from '../lists/plain-formulas.mjs';

const root = resolve(import.meta.dirname, '../..');

test.each([
  [String.raw`$\mathrm{softmax}(z / \tau)$, $\tau$ learned`, 'softmax(z / τ), τ learned'],
  [String.raw`$W + \frac{\alpha}{r} A B$`, 'W + (α / r) A B'],
  [String.raw`$\log \sum_e e^{z_e}$`, 'log Σₑ e^(zₑ)'],
  [String.raw`$-s \lVert x - c \rVert^2$`, '-s ‖x - c‖²'],
  ['costs 3 $ or 4', 'costs 3 $ or 4'],
])('%s', (tex, text) => {
  expect(plainFormulas(tex)).toBe(text);
});

test('a sign without a letter is an error, and no gap', () => {
  expect(() => plainFormulas(String.raw`$\aleph_0$`)).toThrow(String.raw`no letter for \aleph`);
});

const packages = readdirSync(join(root, 'packages'));

test.each(packages)('the README of %s has no raw formula', (name) => {
  const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
  const prose = text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
  expect(prose.match(/\$[^$\n]+\$/g) ?? []).toEqual([]);
});

test.each(packages)('the manifest of %s says where the documentation is', (name) => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  if (manifest.private) return;
  expect(manifest.homepage).toMatch(/^https:\/\/tfjs-moe\.github\.io\/tfjs-moe\/\w+\/[\w-]+$/);
  const [, page] = /tfjs-moe\/(\w+\/[\w-]+)$/.exec(manifest.homepage);
  // The API is written by TypeDoc when the site is built.
  if (!page.startsWith('api/')) readFileSync(join(root, 'docs', `${page}.md`));
});

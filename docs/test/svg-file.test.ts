import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { barsOf } from '../build/folded-tables.ts';
import { speedFigure } from '../build/speed-figure.ts';
import { svgFile } from '../build/svg-file.ts';
import { docs, textOf } from './pages.ts';

test('the picture of speed in READMEs is drawn from the table on the page', async () => {
  const [, table] = /^<!-- pnpm --silent bench training[^\n]*\n(.*?)^<!-- end -->$/ms.exec(
    textOf('guide/speed.md'),
  )!;
  // `vitest -u` draws it anew.
  await expect(svgFile(speedFigure(barsOf(table!)))).toMatchFileSnapshot('../public/training-speed.svg');
});

test('a file of its own says what it is, and what its colours are', () => {
  const figure =
    '<figure><svg class="plot" width="9"><style>.plot { height: auto }</style><text>a</text></svg></figure>';
  const text = svgFile(figure, 'one letter');
  const { documentElement: svg } = new JSDOM(text, { contentType: 'image/svg+xml' }).window.document;
  expect(svg.namespaceURI).toBe('http://www.w3.org/2000/svg');
  expect(svg.querySelectorAll('style')).toHaveLength(1);
  expect(svg.querySelector('style')!.textContent).toContain('prefers-color-scheme: dark');
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.getAttribute('aria-label')).toBe('one letter');
  expect(() => svgFile(figure)).toThrow('who cannot see it');
});

test('READMEs show pictures that are there', () => {
  for (const readme of ['README.md', 'packages/wasm/README.md']) {
    const text = readFileSync(resolve(docs, '..', readme), 'utf8');
    const shown = [...text.matchAll(/!\[[^\]]+\]\([^)]*docs\/public\/([^)]+)\)/g)].map(([, file]) => file!);
    expect(shown).toContain('training-speed.svg');
    for (const file of shown) expect(readFileSync(join(docs, 'public', file)).length).toBeGreaterThan(500);
  }
});

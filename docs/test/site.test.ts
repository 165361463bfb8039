/** The built pages, as files: whole, with formulas set, and without a dead link. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseFragment } from '../playground/fragment.ts';
import { pages } from './pages.ts';
import { dist, fileOf } from './serve-site.ts';

const documents = new Map<string, Document>();

beforeAll(() => {
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.html') || path === '404.html') continue;
    documents.set(path, new JSDOM(readFileSync(join(dist, path), 'utf8')).window.document);
  }
});

test('every page is built, and the API reference with it', () => {
  for (const page of pages()) expect(documents.has(page.replace(/\.md$/, '.html')), page).toBe(true);
  for (const name of ['core', 'gates', 'experts', 'layers', 'datasets']) {
    expect(documents.has(`api/${name}.html`), name).toBe(true);
  }
});

test('no formula is left as it was written', () => {
  const raw = [...documents.keys()].filter((path) => {
    const html = readFileSync(join(dist, path), 'utf8');
    return html.includes('katex-error') || /\$|^:::/m.test(prose(html));
  });
  expect(raw).toEqual([]);
});

test('the style sheet of the formulas is of the version that sets them', () => {
  const version = (from: string) => createRequire(from)('katex/package.json').version;
  const plugin = createRequire(import.meta.url).resolve('@mdit/plugin-katex');
  expect(version(import.meta.url)).toBe(version(plugin));
});

describe('links', () => {
  test('lead to pages and to headings that exist', () => {
    const dead: string[] = [];
    for (const [path, document] of documents) {
      for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]')) {
        const { origin, pathname, hash } = new URL(link.getAttribute('href')!, `http://site/${path}`);
        if (origin !== 'http://site') continue;
        const file = fileOf(pathname);
        const target = file === undefined ? undefined : documents.get(file.slice(dist.length + 1));
        // The bibliography is a file, and what stands after the playground's address is a state of it.
        const isFound =
          target === undefined
            ? file !== undefined
            : hash === '' || target.getElementById(decodeURIComponent(hash.slice(1))) !== null;
        if (!isFound && !isPlay(pathname, hash)) dead.push(`${path}: ${link.getAttribute('href')}`);
      }
    }
    expect([...new Set(dead)]).toEqual([]);
  });

  test('to assets lead to files', () => {
    for (const [path, document] of documents) {
      for (const element of document.querySelectorAll(
        'link[href]:not([rel=canonical]), script[src], img[src]',
      )) {
        const address = element.getAttribute('href') ?? element.getAttribute('src')!;
        expect(fileOf(address), `${path}: ${address}`).toBeDefined();
      }
    }
  });
});

/** Whether a link leads to a state of the playground that it reads without complaint. */
function isPlay(pathname: string, hash: string): boolean {
  return pathname === '/playground' && parseFragment(hash).notes.length === 0;
}

/** The text of a page without code, pictures and scripts. */
function prose(html: string): string {
  return html.replace(/<(pre|code|svg|script|style)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, '');
}

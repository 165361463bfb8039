/** What search engines, previews of links and language models are told of the pages. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressOf, descriptionOf, HOME, titleOf } from '../build/page-head.ts';
import { llmsFullText, llmsText } from '../build/plain-files.ts';
import { docs, pages, textOf } from './pages.ts';
import { dist } from './serve-site.ts';

describe('a description', () => {
  test('is the first sentences of a page, without marks', () => {
    expect(descriptionOf('gates/top-k.md')).toBe(
      'The k best experts of every token. The work per token is that of k experts, however many there are.',
    );
    expect(
      descriptionOf('', '# A\n\n::: tip\nNot this.\n:::\n\n[Softmax](/x) of $\\mathrm{z}$, **now**.'),
    ).toBe('Softmax of z, now.');
  });

  test('is of its own page, not empty and not too long, on every page', () => {
    const all = pages().map((page) => descriptionOf(page));
    expect(all.filter((each, i) => all.indexOf(each) !== i)).toEqual([]);
    expect(all.filter((each) => each.length < 15 || each.length > 160 || /[$\\{}<>|]/.test(each))).toEqual(
      [],
    );
  });
});

test('llms.txt names every page, llms-full.txt has them', () => {
  const all = pages().map((path) => ({ path, source: textOf(path) }));
  const [short, full] = [llmsText(all), llmsFullText(all)];
  for (const { path, source } of all) {
    expect(short, path).toContain(`](${HOME}${addressOf(path)}): `);
    if (path !== 'index.md') expect(full, path).toContain(`# ${titleOf(source).split(' ')[0]}`);
  }
  expect(full).not.toMatch(/<script setup/);
});

describe('the built site', () => {
  test('says of every page where it is, what it is about, and how it looks', () => {
    for (const page of pages()) {
      const html = readFileSync(join(dist, page.replace(/\.md$/, '.html')), 'utf8');
      const head = html.slice(0, html.indexOf('</head>'));
      expect(head).toContain(`<link rel="canonical" href="${HOME}${addressOf(page)}">`);
      expect(head, page).toMatch(/<meta name="description" content="(?!Mixture of Experts for)[^"]{15,}">/);
      expect(head).toContain(`<meta property="og:image" content="${HOME}preview.png">`);
    }
    expect(existsSync(join(docs, 'public/preview.png'))).toBe(true);
  });

  test('has a map, the files for language models, and the bibliography', () => {
    const map = readFileSync(join(dist, 'sitemap.xml'), 'utf8');
    for (const page of pages()) expect(map).toContain(`<loc>${HOME}${addressOf(page)}</loc>`);
    for (const file of ['llms.txt', 'llms-full.txt', 'references.bib', 'gates/top-k.md'])
      expect(existsSync(join(dist, file)), file).toBe(true);
  });

  test('links to the repository, and every written page to its source', () => {
    const html = readFileSync(join(dist, 'gates/top-k.html'), 'utf8');
    expect(html).toContain('href="https://github.com/tfjs-moe/tfjs-moe"');
    expect(html).toContain('https://github.com/tfjs-moe/tfjs-moe/edit/main/docs/gates/top-k.md');
    expect(readFileSync(join(dist, 'api/gates.html'), 'utf8')).not.toContain('/edit/main/docs/api');
  });
});

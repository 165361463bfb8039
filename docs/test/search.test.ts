/** Search answers questions: what is indexed, which words count, and where finds stand. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { questions } from '../build/questions.ts';
import { search, sectionsOf, termOf, worthOf } from '../build/search.ts';
import { docs } from './pages.ts';
import { dist } from './serve-site.ts';

const heading = (level: number, text: string, anchor: string) =>
  `<h${level} id="${anchor}" tabindex="-1">${text} <a class="header-anchor" href="#${anchor}" aria-label="x">&ZeroWidthSpace;</a></h${level}>`;

test('what stands under every entry of the API belongs to what stands above it', () => {
  const html = `${heading(1, 'gates', 'gates')}<p>All.</p>${heading(3, 'topK', 'topk')}<p>The best.</p>${heading(
    4,
    'Parameters',
    'parameters-3',
  )}<p>k</p>${heading(2, 'Next', 'next')}<p>More.</p>`;
  expect(sectionsOf(html)).toEqual([
    { anchor: 'gates', titles: ['gates'], text: 'All.' },
    { anchor: 'topk', titles: ['gates', 'topK'], text: 'The best. k' },
    { anchor: 'next', titles: ['gates', 'Next'], text: 'More.' },
  ]);
});

test('words that every question has do not count', () => {
  const words = 'How do I pick the gate, "which" is best?'.split(' ').map(termOf).filter(Boolean);
  expect(words).toEqual(['pick', 'gate', 'best']);
});

test('a guide comes before the reference, and the reference before the API', () => {
  const at = (id: string, titles: string[] = []) => worthOf(id, 'topk', { titles });
  expect(at('/guide/gates#gates')).toBeGreaterThan(at('/gates/top-k#top-k'));
  expect(at('/gates/top-k#top-k')).toBeGreaterThan(at('/gates/top-k#options', ['Top-K']));
  expect(at('/gates/top-k#options', ['Top-K'])).toBeGreaterThan(at('/api/gates#topk', ['gates']));
});

test('the functions that the browser gets as text need nothing beside them', () => {
  for (const each of [termOf, worthOf]) {
    const alone = new Function(`return ${each.toString()}`)() as typeof each;
    expect(alone.toString()).toBe(each.toString());
  }
  const lonely = new Function(`return ${worthOf.toString()}`)() as typeof worthOf;
  expect(lonely('/guide/x', '', { titles: [] })).toBe(worthOf('/guide/x', '', { titles: [] }));
});

describe('fifty questions', () => {
  interface Index {
    search(words: string): { readonly id: string }[];
  }
  let index: Index;

  beforeAll(async () => {
    // The search engine and the index of the site, with the options that the page gives it.
    const vitepress = createRequire(createRequire(join(docs, 'package.json')).resolve('vitepress'));
    const engine = vitepress('minisearch') as { loadJSON(json: string, options: object): Index };
    const chunks = join(dist, 'assets/chunks');
    const file = readdirSync(chunks).find((name) => name.startsWith('@localSearchIndex'))!;
    const { default: json } = (await import(/* @vite-ignore */ join(chunks, file))) as { default: string };
    const { options, searchOptions } = (search as { options: { miniSearch: Record<string, object> } }).options
      .miniSearch;
    index = engine.loadJSON(json, {
      fields: ['title', 'titles', 'text'],
      storeFields: ['title', 'titles'],
      searchOptions,
      ...options,
    });
  });

  test('have a page each', () => {
    expect(questions).toHaveLength(50);
    const missing = questions.filter(({ page }) => !existsSync(join(docs, `${page}.md`)));
    expect(missing).toEqual([]);
  });

  test.each(questions)('$typed leads to $page', ({ page, typed }) => {
    const address = `/${page.replace(/(^|\/)index$/, '$1')}`;
    const found = index.search(typed).slice(0, 3);
    expect(found.map(({ id }) => id.split('#')[0])).toContain(address);
  });
});

/** Search answers questions: what is indexed, which words count, and where finds stand. */
import { expect, test } from 'vitest';
import { sectionsOf, termOf, worthOf } from '../build/search.ts';

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

/** Every title that a page names as a source leads to the paper, and every paper can be cited. */
import { expect, test } from 'vitest';
import { listed } from '../build/reference-list.ts';
import { addressOf, bibliography, bibtexOf, referenceOf } from '../references/bibliography.ts';
import { pages, textOf } from './pages.ts';

/** The text under a heading "Source". */
function sourceOf(page: string): string {
  const [, after = ''] = textOf(page).split(/^## Source$/m);
  return after.split(/^## /m)[0]!;
}

test('every title under Source is in the bibliography', () => {
  const unknown = pages().flatMap((page) =>
    [...sourceOf(page).matchAll(/(?<![\w*])\*([^*]+)\*(?![\w*])/g)]
      .filter(([, title = '']) => referenceOf(title) === undefined)
      .map(([, title]) => `${page}: ${title}`),
  );
  expect(unknown).toEqual([]);
});

test('keys, titles and addresses are there once', () => {
  for (const values of [
    bibliography.map(({ key }) => key),
    bibliography.flatMap(({ title, short = [] }) => [title, ...short]),
  ]) {
    expect(values.filter((value, i) => values.indexOf(value) !== i)).toEqual([]);
  }
  for (const reference of bibliography) {
    expect(URL.canParse(addressOf(reference)), reference.key).toBe(true);
    if (reference.arxiv !== undefined) expect(reference.arxiv).toMatch(/^\d{4}\.\d{4,5}$/);
    if (reference.doi !== undefined) expect(reference.doi).toMatch(/^10\.\d{4,5}\/\S+$/);
  }
});

test('BibTeX has balanced braces and no bare ampersand', () => {
  for (const reference of bibliography) {
    const entry = bibtexOf(reference);
    let [depth, least] = [0, 0];
    for (const letter of entry) {
      depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
      least = Math.min(least, depth);
    }
    expect([depth, least], reference.key).toEqual([0, 0]);
    expect(entry).not.toMatch(/(?<!\\)&/);
  }
});

test('the list has every paper, and the pages that name it', () => {
  const text = listed();
  for (const { key } of bibliography) expect(text).toContain(`id="${key}"`);
  expect(text).toMatch(/Switch Transformers.*\/gates\/switch-gate/);
});

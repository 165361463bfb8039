/** `::: references` and `:::` in a page become the list of all papers, each with its BibTeX and the pages that name it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { addressOf, bibliography, bibtexOf, type Reference } from '../references/bibliography.ts';
import { writtenPages } from './written-pages.ts';

const docs = resolve(import.meta.dirname, '..');

export function referenceList(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'references', (state) => {
    state.src = state.src.replace(/^::: references\n:::$/m, () => listed());
  });
}

/** The list in Markdown. */
export function listed(): string {
  const pages = writtenPages().map((path) => ({ path, text: readFileSync(join(docs, path), 'utf8') }));
  const sorted = [...bibliography].sort((a, b) => a.authors.localeCompare(b.authors) || a.year - b.year);
  return sorted.map((reference) => entry(reference, pages)).join('\n\n');
}

function entry(reference: Reference, pages: readonly { path: string; text: string }[]): string {
  const { key, authors, title, year, short = [] } = reference;
  const names = [title, ...short].map((each) => `*${each}*`);
  const used = pages
    .filter(({ text }) => names.some((name) => text.includes(name)))
    .map(({ path }) => {
      const address = `/${path.replace(/(^|\/)index\.md$|\.md$/, '$1')}`;
      return `[${address}](${address})`;
    });
  const people = authors.replaceAll(' and ', '; ');
  const where = used.length > 0 ? `Named on ${used.join(', ')}.` : '';
  return [
    `<p id="${key}"></p>`,
    '',
    `**[${title}](${addressOf(reference)})** · ${people} (${year}). ${where}`,
    '',
    '::: details BibTeX',
    '```bibtex',
    bibtexOf(reference),
    '```',
    ':::',
  ].join('\n');
}

/** Every paper, book and program that a page or a comment names as its source, once. */
import entries from './bibliography.json' with { type: 'json' };

export interface Reference {
  /** Of BibTeX, and the anchor on the page of references. */
  readonly key: string;
  readonly authors: string;
  readonly title: string;
  readonly year: number;
  /** arXiv identifier, DOI or address: the first that there is, is where a title leads. */
  readonly arxiv?: string;
  readonly doi?: string;
  readonly url?: string;
  /** Shorter titles that pages use. */
  readonly short?: readonly string[];
}

export const bibliography: readonly Reference[] = entries;

/** Where a title leads. */
export function addressOf({ arxiv, doi, url }: Reference): string {
  if (arxiv !== undefined) return `https://arxiv.org/abs/${arxiv}`;
  return doi !== undefined ? `https://doi.org/${doi}` : url!;
}

const byTitle: ReadonlyMap<string, Reference> = new Map(
  bibliography.flatMap((each) => [each.title, ...(each.short ?? [])].map((title) => [title, each])),
);

/** What is called so, or undefined. */
export function referenceOf(title: string): Reference | undefined {
  return byTitle.get(title.replaceAll('’', "'"));
}

/** An entry of a .bib file. */
export function bibtexOf(reference: Reference): string {
  const { key, authors, title, year, arxiv, doi, url } = reference;
  const fields = {
    author: authors,
    title: `{${title.replaceAll('&', '\\&')}}`,
    year: String(year),
    ...(arxiv !== undefined && { eprint: arxiv, archivePrefix: 'arXiv' }),
    ...(doi !== undefined && { doi }),
    url: url ?? addressOf(reference),
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}}`);
  return `@${arxiv === undefined && doi === undefined ? 'misc' : 'article'}{${key},\n${lines.join(',\n')}\n}`;
}

/** Files beside the pages: the site as Markdown for language models (llmstxt.org), and the bibliography as BibTeX. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bibliography, bibtexOf } from '../references/bibliography.ts';
import { addressOf, descriptionOf, HOME, titleOf } from './page-head.ts';

export interface Page {
  /** Below `docs`. */
  readonly path: string;
  readonly source: string;
}

const FOLDERS: Readonly<Record<string, string>> = {
  guide: 'Guide',
  gates: 'Gates',
  routers: 'Routers',
  experts: 'Experts',
  losses: 'Balance losses',
  datasets: 'Data sets',
  estimators: 'Estimators',
  measures: 'Measures',
  theory: 'Theory',
  studies: 'Studies',
  api: 'API',
};

/** `llms.txt`: every page with what it is about. */
export function llmsText(pages: readonly Page[]): string {
  const groups = [...Object.keys(FOLDERS), ''].map((folder) => {
    const own = pages.filter(({ path }) => (path.includes('/') ? path.split('/')[0]! : '') === folder);
    const lines = own.map(
      ({ path, source }) =>
        `- [${titleOf(source)}](${HOME}${addressOf(path)}): ${descriptionOf(path, source)}`,
    );
    return own.length === 0 ? [] : [`## ${FOLDERS[folder] ?? 'Site'}`, '', ...lines, ''];
  });
  return [
    '# tfjs-moe',
    '',
    '> Mixture of Experts for TensorFlow.js: gates, routers and experts as pure functions, a layer that trains in browsers and in Node, estimators, and certificates of what can be identified.',
    '',
    `The written pages as one file: ${HOME}llms-full.txt`,
    '',
    ...groups.flat(),
  ].join('\n');
}

/** `llms-full.txt`: every written page, as it is written. */
export function llmsFullText(pages: readonly Page[]): string {
  return pages
    .filter(({ path }) => !path.startsWith('api/'))
    .map(({ path, source }) => `<!-- ${HOME}${addressOf(path)} -->\n\n${withoutFront(source)}`)
    .join('\n\n');
}

function withoutFront(source: string): string {
  const written = source
    .replace(/^---\n.*?^---\n/ms, '')
    .replace(/<script\b.*?<\/script>\n*/gs, '')
    .trim();
  return /^# /m.test(written) ? written : `# ${titleOf(source)}\n\n${written}`;
}

export function writePlainFiles(srcDir: string, outDir: string, paths: readonly string[]): void {
  const pages = [...paths].sort().map((path) => ({ path, source: readFileSync(join(srcDir, path), 'utf8') }));
  const write = (name: string, text: string) => {
    const file = join(outDir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write('llms.txt', llmsText(pages));
  write('llms-full.txt', llmsFullText(pages));
  write('references.bib', `${bibliography.map(bibtexOf).join('\n\n')}\n`);
  for (const { path, source } of pages) {
    if (!path.startsWith('api/')) write(path, `${withoutFront(source)}\n`);
  }
}

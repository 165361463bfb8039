/**
 * One page for each gate, router, expert, loss and data set, under the same word: `packages/gates/src/top-k.ts` is
 * described by `docs/gates/top-k.md`. A plugin is a file that calls a `define` function under its own name.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '..');
const packages = resolve(docs, '../packages');

interface Family {
  /** Folder of the pages. */
  readonly pages: string;
  /** Folder of the sources. */
  readonly sources: string;
  /** What a source that needs a page contains. */
  readonly defines: RegExp;
  /** Ending of the source's name that the page's name does without. */
  readonly ending?: string;
}

const families: readonly Family[] = [
  { pages: 'gates', sources: 'gates/src', defines: /\bdefineGate\(/ },
  { pages: 'routers', sources: 'gates/src', defines: /\bdefineRouter\(/, ending: '-router' },
  { pages: 'experts', sources: 'experts/src', defines: /\bdefineExpert\(/ },
  { pages: 'experts', sources: 'layers/src/experts', defines: /\bexport const \w+Experts\b/ },
  { pages: 'experts', sources: 'layers/src/extensions', defines: /\bexport const sharedExperts\b/ },
  { pages: 'losses', sources: 'layers/src/losses', defines: /\bdefineBalanceLoss\(/ },
  { pages: 'datasets', sources: 'datasets/src', defines: /= defineDataset\(|\bPublishedTable = / },
  { pages: 'datasets', sources: 'datasets/src/simulate', defines: /\bexport function simulate\(/ },
  { pages: 'datasets', sources: 'datasets/src/designs', defines: /\bexport interface Design\b/ },
  { pages: 'datasets', sources: 'datasets/src/table', defines: /\bexport function readTable\(/ },
];

export interface PluginPage {
  /** Path below `docs`, for example `gates/top-k.md`. */
  readonly page: string;
  /** Absolute path of the file that defines the plugin. */
  readonly source: string;
}

/** The pages that there must be. */
export function pluginPages(): PluginPage[] {
  return families.flatMap(({ pages, sources, defines, ending = '' }) => {
    const folder = join(packages, sources);
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    return files
      .map((name) => join(folder, name))
      .filter((source) => defines.test(readFileSync(source, 'utf8')))
      .map((source) => ({ page: `${pages}/${stem(source, ending)}.md`, source }));
  });
}

/** Pages that are missing, and pages of plugins that are gone. */
export function pageMismatches(): string[] {
  const wanted = pluginPages();
  const missing = wanted.filter(({ page }) => !existsSync(join(docs, page)));
  const folders = [...new Set(families.map(({ pages }) => pages))].filter((name) =>
    existsSync(join(docs, name)),
  );
  const orphans = folders
    .flatMap((folder) => readdirSync(join(docs, folder)).map((name) => `${folder}/${name}`))
    .filter((page) => page.endsWith('.md') && !page.endsWith('/index.md'))
    .filter((page) => !wanted.some((plugin) => plugin.page === page));
  return [
    ...missing.map(({ page, source }) => `${page} is missing, but ${relative(docs, source)} exists`),
    ...orphans.map((page) => `${page} describes nothing that exists`),
  ];
}

function stem(source: string, ending: string): string {
  const name = basename(source, '.ts');
  return name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}

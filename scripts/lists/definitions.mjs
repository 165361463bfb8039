/**
 * Every built-in gate, router, expert and balance loss, read from its source and its page: a file that calls a `define`
 * function under its own name, and the front matter of the page under the same word.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where each role's sources and pages lie. */
export const families = {
  gate: { define: 'defineGate', sources: 'packages/gates/src', pages: 'docs/gates' },
  router: { define: 'defineRouter', sources: 'packages/gates/src', pages: 'docs/routers', ending: '-router' },
  expert: { define: 'defineExpert', sources: 'packages/experts/src', pages: 'docs/experts' },
  balanceLoss: {
    define: 'defineBalanceLoss',
    sources: 'packages/layers/src/losses',
    pages: 'docs/losses',
  },
};

/**
 * The definitions of a role in the order of their pages.
 * @returns {{ kind: string, name: string, file: string, exports: string[], page: Record<string, string> }[]}
 */
export function definitionsOf(role) {
  const { define, sources, pages, ending = '' } = families[role];
  const pattern = new RegExp(
    `export const (\\w+)\\b(?:(?!\\nexport )[^])*?\\b${define}(?:<[^(]*>)?\\(\\s*'(\\w+)'`,
  );
  return readdirSync(sources)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(sources, file), 'utf8');
      const [, name, kind] = pattern.exec(text) ?? [];
      if (name === undefined) return [];
      const stem = basename(file, '.ts');
      const page = join(
        pages,
        `${stem.endsWith(ending) ? stem.slice(0, stem.length - ending.length) : stem}.md`,
      );
      const types = [...text.matchAll(/export (?:interface|type) (\w+Options)\b/g)].map(([, type]) => type);
      return [{ kind, name, file, types, page: { path: page, ...frontMatter(page) } }];
    })
    .sort((a, b) => a.page.order - b.page.order);
}

/** The front matter of a page: one `key: value` a line, text in single quotes. */
function frontMatter(path) {
  const [, lines] = /^---\n([\s\S]*?)\n---\n/.exec(readFileSync(path, 'utf8')) ?? [];
  if (lines === undefined) throw new Error(`${path} has no front matter: order and short at least`);
  return Object.fromEntries(
    lines.split('\n').map((line) => {
      const [, key, quoted, plain] = /^(\w+): (?:'(.*)'|(.*))$/.exec(line) ?? [];
      if (key === undefined) throw new Error(`${path}: front matter that is not "key: value": ${line}`);
      return [key, quoted?.replaceAll("''", "'") ?? plain];
    }),
  );
}

/** The pages of a folder in their order: what a table of contents needs. */
export function pagesOf(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({ path: join(folder, file), ...frontMatter(join(folder, file)) }))
    .sort((a, b) => a.order - b.order);
}

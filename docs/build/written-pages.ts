/** The pages that people write, without what TypeDoc and VitePress make. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '..');
const elsewhere = new Set(['api', 'node_modules', '.vitepress', 'public']);

/** Every page that is written by hand, as a path below `docs`. */
export function writtenPages(): string[] {
  return readdirSync(docs, { withFileTypes: true })
    .filter(({ name }) => !elsewhere.has(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(resolve(docs, entry.name), { recursive: true, encoding: 'utf8' }).map(
            (path) => `${entry.name}/${path}`,
          )
        : [entry.name],
    )
    .filter((path) => path.endsWith('.md') && path !== 'README.md')
    .sort();
}

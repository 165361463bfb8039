/** The pages as files. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { writtenPages } from '../build/written-pages.ts';

export const docs: string = resolve(import.meta.dirname, '..');
/** Every page that is written by hand, as a path below `docs`. */
export function pages(): string[] {
  return writtenPages();
}

export function textOf(page: string): string {
  return readFileSync(join(docs, page), 'utf8');
}

/** A piece of code in a page that claims to be right. */
export interface Example {
  /** `guide/balance-2`: the second example of its page. */
  readonly name: string;
  readonly code: string;
  /** Whether it can be run, or only compiled. */
  readonly runs: boolean;
}

/** The blocks marked `ts check`, which are compiled and run, and `ts check-types`, which are compiled. */
export function examples(): Example[] {
  return pages().flatMap((page) =>
    [...textOf(page).matchAll(/^```ts (check|check-types)\n(.*?)^```$/gms)].map(([, mark, code = ''], i) => ({
      name: `${relative('.', page).replace(/\.md$/, '')}-${i + 1}`,
      code,
      runs: mark === 'check',
    })),
  );
}

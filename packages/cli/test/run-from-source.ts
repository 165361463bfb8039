/** `moe` in a process of its own, straight from its sources. */
import { resolve } from 'node:path';

const hooks = new URL('../../../scripts/from-source.mjs', import.meta.url).href;

/** The words after `node` that run `moe` with more words. */
export function moe(...words: readonly string[]): string[] {
  return ['--import', hooks, resolve(import.meta.dirname, '../src/main.ts'), ...words];
}

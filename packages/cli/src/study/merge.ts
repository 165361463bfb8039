import { readBytes } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Outcome, Results } from './results.ts';
import { expectAll, readLines } from './results-file.ts';

const WHO = 'moe study merge';

/**
 * Joins the results of shards to those of the whole study, byte for byte what a single run writes.
 * @param paths results of shards, in any order
 * @throws MoeError if tasks are missing, there twice, or of different configurations
 */
export function mergeResults(paths: readonly string[]): Results {
  const parts = paths.map((path) => {
    const bytes = readBytes(WHO, 'every part must be a file that can be read', path);
    return { path, ...readLines(WHO, bytes, path) };
  });
  const [first] = parts;
  if (first === undefined) throw new MoeError(WHO, 'give the results of at least one shard');
  const outcomes = new Map<number, Outcome>();
  for (const { path, header, outcomes: own, repeated } of parts) {
    if (header.fingerprint !== first.header.fingerprint) {
      throw new MoeError(WHO, `${path} is of another configuration than ${first.path}`, header.fingerprint);
    }
    const again = repeated[0]?.[0] ?? own.find(({ index }) => outcomes.has(index))?.index;
    if (again !== undefined) {
      throw new MoeError(WHO, `task ${again} is there twice, the second time in ${path}`);
    }
    for (const outcome of own) outcomes.set(outcome.index, outcome);
  }
  const { shard: _, ...header } = first.header;
  const all = [...outcomes.values()];
  expectAll(WHO, header, all);
  return { header, outcomes: all };
}

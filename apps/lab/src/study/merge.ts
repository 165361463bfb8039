/**
 * Joins the results of shards to those of the whole study, byte for byte what a single run writes.
 */
import { readFileSync } from 'node:fs';
import { MoeError } from '@tfjs-moe/core';
import { type Outcome, parseResults, type Results } from './results-file.ts';

const WHO = 'moe study merge';

/**
 * @param paths results of shards, in any order
 * @throws MoeError if parts are missing, there twice, or of different configurations
 */
export function mergeResults(paths: readonly string[]): Results {
  const parts = paths.map((path) => ({ path, ...parseResults(textOf(path), path) }));
  const [first] = parts;
  if (first === undefined) throw new MoeError(WHO, 'give the results of at least one shard');
  const outcomes = new Map<number, Outcome>();
  for (const { path, header, outcomes: own } of parts) {
    if (header.fingerprint !== first.header.fingerprint) {
      throw new MoeError(WHO, `${path} is of another configuration than ${first.path}`, header.fingerprint);
    }
    for (const outcome of own) {
      if (outcomes.has(outcome.index)) {
        throw new MoeError(WHO, `task ${outcome.index} is there twice, the second time in ${path}`);
      }
      outcomes.set(outcome.index, outcome);
    }
  }
  const { shard: _, ...header } = first.header;
  const missing = Array.from({ length: header.tasks }, (__, index) => index).filter((i) => !outcomes.has(i));
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(', ');
    throw new MoeError(
      WHO,
      `all ${header.tasks} tasks must be there; ${missing.length} are missing (${some}${missing.length > 5 ? ', ...' : ''})`,
      `${outcomes.size} tasks`,
    );
  }
  if (outcomes.size > header.tasks) {
    throw new MoeError(WHO, `there are only ${header.tasks} tasks`, outcomes.size);
  }
  return { header, outcomes: [...outcomes.values()] };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new MoeError(WHO, 'every part must be a file that can be read', path);
  }
}

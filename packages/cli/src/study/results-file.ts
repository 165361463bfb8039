/** The results of a study as a file. */
import { readBytes } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { readTaskLines, type TaskFile, type TaskLines } from '../tasks/task-file.ts';
import { expectHeader } from './expect-header.ts';
import { expectOutcome } from './expect-outcome.ts';
import type { Header, Outcome, Results } from './results.ts';

/** What is in a file of results, or in a journal. */
export type Lines = TaskLines<Header, Outcome>;

/** The files of a study. */
export const studyFile: TaskFile<Header, Outcome> = {
  who: 'moe study',
  of: 'a study',
  expectHeader,
  expectOutcome,
  expectSame,
};

/** Refuses results of another study, of another configuration of it, or of another shard. */
function expectSame(found: Header, wanted: Header, path: string): void {
  const { who } = studyFile;
  if (found.fingerprint !== wanted.fingerprint) {
    throw new MoeError(
      who,
      `${path} holds results of another study or configuration; give another --out or remove it`,
      `${found.study} (${found.fingerprint}), not ${wanted.study} (${wanted.fingerprint})`,
    );
  }
  const part = ({ shard }: Header) => (shard ? `${shard.index}/${shard.count}` : 'all');
  if (part(found) !== part(wanted)) {
    throw new MoeError(who, `${path} holds another shard than ${part(wanted)}`, part(found));
  }
}

/** The lines of a file of a study, each of them checked. */
export function readLines(who: string, bytes: Uint8Array, path: string): Lines {
  return readTaskLines(studyFile, who, bytes, path);
}

/**
 * The results in a file, complete.
 * @throws MoeError that counts what is missing, or names what is wrong
 */
export function readResults(who: string, path: string, written: string = path): Results {
  const bytes = readBytes(who, 'the results must be a file that can be read', path, written);
  const lines = readLines(who, bytes, written);
  const [again] = lines.repeated;
  if (again !== undefined) {
    const [index, first, second] = again;
    throw new MoeError(who, `task ${index} is there twice in ${written}: lines ${first} and ${second}`);
  }
  expectAll(who, lines.header, lines.outcomes, written);
  return { header: lines.header, outcomes: lines.outcomes };
}

/**
 * Refuses results of which tasks of the study are missing.
 * @param path of what, or nothing where they are of several files
 */
export function expectAll(who: string, header: Header, outcomes: readonly Outcome[], path?: string): void {
  const missing = header.tasks - outcomes.length;
  if (missing === 0) return;
  const seen = new Set(outcomes.map(({ index }) => index));
  const some: number[] = [];
  for (let index = 0; some.length < Math.min(5, missing); index++) if (!seen.has(index)) some.push(index);
  const count = `${missing} ${missing === 1 ? 'is' : 'are'} missing (${some.join(', ')}${missing > 5 ? ', ...' : ''})`;
  const { shard, study } = header;
  const mend =
    path === undefined
      ? ''
      : shard
        ? `; moe study merge joins this shard ${shard.index}/${shard.count} with the others`
        : `; moe study --out ${path} computes them, with the study ${study}`;
  const rule = `all ${header.tasks} tasks must be there; ${count}${mend}`;
  throw new MoeError(who, rule, `${outcomes.length} tasks`);
}

/**
 * Journal: results as they come, one line per finished task, so that a process killed at any moment loses only the tasks
 * it was working on.
 *
 * A line is appended in one write. What a kill leaves of a half-written line is cut off when the journal is opened again.
 */
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { MoeError } from '@tfjs-moe/core';
import { type Header, type Outcome, parseResults } from './results-file.ts';

export interface Journal {
  /** What is already done, in any order. */
  readonly done: readonly Outcome[];
  append(outcome: Outcome): void;
  close(): void;
}

/**
 * Opens a journal, or starts one.
 * @throws MoeError if it belongs to a study with another configuration
 */
export function openJournal(path: string, header: Header): Journal {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  const done = new Map<number, Outcome>();
  if (whole > 0) {
    const found = parseResults(bytes.subarray(0, whole).toString(), path);
    expectSame(found.header, header, path);
    for (const outcome of found.outcomes) done.set(outcome.index, outcome);
  }
  const file = openSync(path, 'a');
  ftruncateSync(file, whole);
  const append = (line: unknown) => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
  if (whole === 0) append(header);
  return { done: [...done.values()], append, close: () => closeSync(file) };
}

/** Refuses results of another study, of another configuration of it, or of another shard. */
export function expectSame(found: Header, wanted: Header, path: string): void {
  if (found.fingerprint !== wanted.fingerprint) {
    throw new MoeError(
      'moe study',
      `${path} holds results of another study or configuration; give another --out or remove it`,
      `${found.study} (${found.fingerprint}), not ${wanted.study} (${wanted.fingerprint})`,
    );
  }
  const part = ({ shard }: Header) => (shard ? `${shard.index}/${shard.count}` : 'all');
  if (part(found) !== part(wanted)) {
    throw new MoeError('moe study', `${path} holds another shard than ${part(wanted)}`, part(found));
  }
}

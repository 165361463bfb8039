import { existsSync } from 'node:fs';
import { type FileSystem, openLineFile, readBytes } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Header, Outcome, Results } from './results.ts';
import { type Lines, readLines } from './results-file.ts';

const WHO = 'moe study';

/**
 * Results as they come, one line per finished task, so that a process killed at any moment loses only the tasks that it
 * was working on.
 */
export interface Journal {
  /** What is already done, in any order. */
  readonly done: readonly Outcome[];
  append(outcome: Outcome): void;
  close(): void;
}

/**
 * Opens a journal, or starts one. What a kill or a power failure left of a half-written line is cut off.
 * @throws MoeError if it belongs to a study with another configuration, or a line of it is wrong
 */
export function openJournal(path: string, header: Header, files?: FileSystem): Journal {
  const earlier = readEarlier(path, header);
  const done = earlier?.outcomes ?? [];
  const more = files && { files };
  const lines = openLineFile(WHO, path, { what: 'the journal', keep: earlier?.whole ?? 0, ...more });
  const append = (line: Header | Outcome) => lines.append(JSON.stringify(line));
  try {
    if (earlier === undefined) append(header);
  } catch (error) {
    lines.close();
    throw error;
  }
  return { done, append, close: lines.close };
}

/**
 * What an earlier run of the same study left: results, complete or not, or a journal.
 * @returns nothing where there is no file, or no more than the beginning of a first line
 * @throws MoeError where the file is of another study or configuration, or no results at all
 */
export function readEarlier(path: string, header: Header): Lines | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readBytes(WHO, 'results of an earlier run must be a file that can be read', path);
  if (!bytes.includes(0x0a) && isBeginning(bytes, header)) return undefined;
  const found = readLines(WHO, bytes, path);
  expectSame(found, header, path);
  return found;
}

/** Whether bytes are what a process that was killed, or a power failure, leaves of a first line. */
function isBeginning(bytes: Uint8Array, header: Header): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const first = Buffer.from(JSON.stringify(header));
  return end <= first.length && first.subarray(0, end).equals(bytes.subarray(0, end));
}

/** Refuses results of another study, of another configuration of it, or of another shard. */
function expectSame({ header: found }: Results, wanted: Header, path: string): void {
  if (found.fingerprint !== wanted.fingerprint) {
    throw new MoeError(
      WHO,
      `${path} holds results of another study or configuration; give another --out or remove it`,
      `${found.study} (${found.fingerprint}), not ${wanted.study} (${wanted.fingerprint})`,
    );
  }
  const part = ({ shard }: Header) => (shard ? `${shard.index}/${shard.count}` : 'all');
  if (part(found) !== part(wanted)) {
    throw new MoeError(WHO, `${path} holds another shard than ${part(wanted)}`, part(found));
  }
}

import { existsSync } from 'node:fs';
import { type FileSystem, openLineFile, readBytes } from '@tfjs-moe/command-line';
import { type Numbered, readTaskLines, type TaskFile, type TaskLines } from './task-file.ts';

/**
 * Results as they come, one line per finished task, so that a process killed at any moment loses only the tasks that it
 * was working on.
 */
export interface Journal<Outcome> {
  /** What is already done, in any order. */
  readonly done: readonly Outcome[];
  append(outcome: Outcome): void;
  close(): void;
}

/**
 * Opens a journal, or starts one. What a kill or a power failure left of a half-written line is cut off.
 * @throws MoeError if it belongs to something with another configuration, or a line of it is wrong
 */
export function openJournal<Header, Outcome extends Numbered>(
  file: TaskFile<Header, Outcome>,
  path: string,
  header: Header,
  files?: FileSystem,
): Journal<Outcome> {
  const earlier = readEarlier(file, path, header);
  const done = earlier?.outcomes ?? [];
  const more = files && { files };
  const lines = openLineFile(file.who, path, { what: 'the journal', keep: earlier?.whole ?? 0, ...more });
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
 * What an earlier run left: results, complete or not, or a journal.
 * @returns nothing where there is no file, or no more than the beginning of a first line
 * @throws MoeError where the file is of something else, or no results at all
 */
export function readEarlier<Header, Outcome extends Numbered>(
  file: TaskFile<Header, Outcome>,
  path: string,
  header: Header,
): TaskLines<Header, Outcome> | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readBytes(file.who, 'results of an earlier run must be a file that can be read', path);
  if (!bytes.includes(0x0a) && isBeginning(bytes, header)) return undefined;
  const found = readTaskLines(file, file.who, bytes, path);
  file.expectSame(found.header, header, path);
  return found;
}

/** Whether bytes are what a process that was killed, or a power failure, leaves of a first line. */
function isBeginning(bytes: Uint8Array, header: unknown): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const first = Buffer.from(JSON.stringify(header));
  return end <= first.length && first.subarray(0, end).equals(bytes.subarray(0, end));
}

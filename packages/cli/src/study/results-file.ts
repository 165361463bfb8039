/**
 * The results of a study as a file: a first line that says of what, then one line of JSON per task, in order.
 *
 * Lines hold nothing that depends on time or machine, so that two complete runs of one study are equal byte for byte.
 */
import { isDeepStrictEqual } from 'node:util';
import { type FileSystem, readBytes, replaceFile } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { expectHeader } from './expect-header.ts';
import { expectOutcome } from './expect-outcome.ts';
import type { Header, Outcome, Results } from './results.ts';
import { tasksIn } from './task.ts';

/** What is in a file of results, or in a journal. */
export interface Lines extends Results {
  /** Tasks that are there more than once, always alike, with the lines of two of them. */
  readonly repeated: readonly (readonly [index: number, first: number, second: number])[];
  /** Bytes of the whole lines; what follows is what a killed process or a power failure left. */
  readonly whole: number;
}

/**
 * The lines of a file, each of them checked. The outcome of a task is there once, whatever was written.
 * @param bytes its content; a last line without an end does not count
 * @throws MoeError that names the line that is wrong
 */
export function readLines(who: string, bytes: Uint8Array, path: string): Lines {
  const whole = bytes.lastIndexOf(0x0a) + 1;
  const lines = Buffer.from(bytes.subarray(0, whole)).toString().split('\n');
  lines.pop();
  const parsed = lines.map((line, i) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new MoeError(who, `line ${i + 1} of ${path} must be JSON`, line.slice(0, 60));
    }
  });
  if (parsed.length === 0) throw new MoeError(who, `${path} must hold results of a study`, textOf(bytes));
  const header = expectHeader(who, parsed[0], path);
  const seen = new Map<number, { line: number; outcome: Outcome }>();
  const repeated: [number, number, number][] = [];
  parsed.slice(1).forEach((value, i) => {
    const line = i + 2;
    const outcome = expectOutcome(who, value, header, `line ${line} of ${path}`);
    const before = seen.get(outcome.index);
    if (before === undefined) seen.set(outcome.index, { line, outcome });
    else {
      if (!isDeepStrictEqual(before.outcome, outcome)) throw differs(who, path, outcome, before.line, line);
      repeated.push([outcome.index, before.line, line]);
    }
  });
  return { header, outcomes: [...seen.values()].map(({ outcome }) => outcome), repeated, whole };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 60)).toString();
}

function differs(who: string, path: string, { index }: Outcome, first: number, second: number): MoeError {
  return new MoeError(
    who,
    `task ${index} is there twice in ${path}, differently: lines ${first} and ${second}`,
  );
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

/** Whether every task of a file is there: of the whole study, or of the shard that it is of. */
export function isComplete({ header, outcomes }: Results): boolean {
  return outcomes.length === tasksIn(header.tasks, header.shard);
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

/** The whole file at once: a reader sees the old one or the new one. */
export function writeResults(
  who: string,
  path: string,
  { header, outcomes }: Results,
  files?: FileSystem,
): void {
  const inOrder = [...outcomes].sort((a, b) => a.index - b.index);
  const content = [header, ...inOrder].map((line) => `${JSON.stringify(line)}\n`).join('');
  replaceFile(who, { path, content }, { what: 'the results', ...(files && { files }) });
}

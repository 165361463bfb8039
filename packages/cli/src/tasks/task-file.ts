import { isDeepStrictEqual } from 'node:util';
import { type FileSystem, replaceFile } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';

/** What came of one task, a line: at least which task. */
export interface Numbered {
  readonly index: number;
}

/**
 * A kind of file of results: a first line that says of what, then one line of JSON per task, in order.
 *
 * Lines hold nothing that depends on time or machine, so that two complete runs are equal byte for byte.
 */
export interface TaskFile<Header, Outcome extends Numbered> {
  /** The command. */
  readonly who: string;
  /** What the results are of, such as `a study`. */
  readonly of: string;
  /** The first line, believed only where it is what a run writes. */
  expectHeader(who: string, value: unknown, path: string): Header;
  /** Another line, believed only where it is the outcome of one of the tasks. */
  expectOutcome(who: string, value: unknown, header: Header, where: string): Outcome;
  /** Refuses results of something else than what is run. */
  expectSame(found: Header, wanted: Header, path: string): void;
}

export interface TaskResults<Header, Outcome> {
  readonly header: Header;
  readonly outcomes: readonly Outcome[];
}

/** What is in a file of results, or in a journal. */
export interface TaskLines<Header, Outcome> extends TaskResults<Header, Outcome> {
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
export function readTaskLines<Header, Outcome extends Numbered>(
  file: TaskFile<Header, Outcome>,
  who: string,
  bytes: Uint8Array,
  path: string,
): TaskLines<Header, Outcome> {
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
  if (parsed.length === 0) throw new MoeError(who, `${path} must hold results of ${file.of}`, textOf(bytes));
  const header = file.expectHeader(who, parsed[0], path);
  const seen = new Map<number, { line: number; outcome: Outcome }>();
  const repeated: [number, number, number][] = [];
  parsed.slice(1).forEach((value, i) => {
    const line = i + 2;
    const outcome = file.expectOutcome(who, value, header, `line ${line} of ${path}`);
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

function differs(who: string, path: string, { index }: Numbered, first: number, second: number): MoeError {
  return new MoeError(
    who,
    `task ${index} is there twice in ${path}, differently: lines ${first} and ${second}`,
  );
}

/** The outcomes in the order of the tasks. */
export function inOrder<Outcome extends Numbered>(outcomes: Iterable<Outcome>): Outcome[] {
  return [...outcomes].sort((a, b) => a.index - b.index);
}

/** The whole file at once: a reader sees the old one or the new one. */
export function writeTaskResults(
  who: string,
  path: string,
  { header, outcomes }: TaskResults<unknown, Numbered>,
  files?: FileSystem,
): void {
  const content = [header, ...inOrder(outcomes)].map((line) => `${JSON.stringify(line)}\n`).join('');
  replaceFile(who, { path, content }, { what: 'the results', ...(files && { files }) });
}

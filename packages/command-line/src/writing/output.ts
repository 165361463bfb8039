import { isatty } from 'node:tty';
import type { MoeError } from '@tfjs-moe/core';
import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { synchronise } from './pending-files.ts';
import { writeAll } from './write-all.ts';

/** Where a program says something: standard output, standard error, or a stand-in. */
export interface Output {
  readonly isTTY: boolean;
  /** Columns of the terminal. */
  readonly columns?: number | undefined;
  /** Never throws: what could not be written is told by `failure`, and nothing is written after it. */
  write(text: string): void;
  /** The first thing that went wrong, where it matters; asks the disk whether all has arrived. */
  failure(): MoeError | undefined;
}

/** What a program talks to. */
export interface Terminal {
  /** The result, and nothing else. */
  readonly output: Output;
  /** Progress and complaints. */
  readonly errors: Output;
}

/** Node's own streams, for terminals. */
type Stream = NodeJS.WriteStream;

/**
 * Standard output, every byte of which counts: `moe simulate > data.csv` must not end well on a full disk. Node's own
 * streams take no notice of a write that took less than it was given. A reader that has seen enough (`head`) is no failure.
 */
function standardOutput(who: string): Output {
  if (isatty(1)) return terminalOutput(process.stdout);
  return fileOutput(nodeFileSystem, 1, (cause) =>
    fileError(who, 'the result cannot be written', 'standard output', 'writing', cause),
  );
}

/** Standard error: there is nobody to tell that it cannot be written to. */
function standardError(): Output {
  if (isatty(2)) return terminalOutput(process.stderr);
  return fileOutput(nodeFileSystem, 2, () => undefined);
}

/** Both. */
export function standardTerminal(who: string): Terminal {
  return { output: standardOutput(who), errors: standardError() };
}

/**
 * What is said to a file or a pipe that is open.
 * @param told what is made of a failure, if anything
 */
export function fileOutput(
  files: FileSystem,
  file: number,
  told: (cause: unknown) => Error | undefined,
): Output {
  let cause: unknown;
  const attempt = (step: () => void): void => {
    if (cause !== undefined) return;
    try {
      step();
    } catch (error) {
      cause = error;
    }
  };
  return {
    isTTY: false,
    write: (text) => attempt(() => writeAll(files, file, text)),
    failure() {
      attempt(() => {
        if (files.fstatSync(file).isFile()) synchronise(files, file);
      });
      const { code } = (cause ?? {}) as NodeJS.ErrnoException;
      // On Windows, a pipe without a reader is at its end.
      if (cause === undefined || code === 'EPIPE' || code === 'EOF') return undefined;
      return told(cause) as MoeError | undefined;
    },
  };
}

/** A terminal takes everything, until it is closed; then there is nobody left to write to. */
function terminalOutput(stream: Stream): Output {
  stream.on('error', () => {});
  return {
    isTTY: true,
    get columns() {
      return stream.columns;
    },
    write: (text) => void stream.write(text),
    failure: () => undefined,
  };
}

import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { type Target, targetOf } from './target.ts';
import { writeAll } from './write-all.ts';

/** How files are replaced. */
export interface ReplaceOptions {
  /** What it is that cannot be written, in errors. */
  readonly what?: string;
  readonly files?: FileSystem;
}

/** Where a file is to be. */
export interface FilePath {
  /** Absolute. */
  readonly path: string;
  /** The path in errors, where it is not the one above. */
  readonly written?: string;
}

/** Where a file is to be, behind every link. */
interface Destination {
  readonly target: Target;
  readonly written: string;
}

/** A file that is being written. */
interface OpenFile {
  write(content: string | Uint8Array): void;
  /** All of it is on the disk. */
  finish(): void;
  /** Ends it half-way. */
  abandon(): void;
}

/**
 * Files that are written under other names beside their own, each to the disk, and get their names by renames when all of
 * them are there. What is no file, such as a pipe, is written in place.
 */
export interface PendingFiles {
  /** @throws MoeError where no file can be */
  destination(file: FilePath): Destination;
  open(destination: Destination): OpenFile;
  /** Each takes its own name, and of the old files those that nobody needs any longer go. */
  settle(obsolete?: readonly string[]): void;
  /** Takes away what has not got its name. */
  discard(): void;
}

/** An attempt to write files, each of whose failures is an error that says which file and why not. */
export function pendingFiles(
  who: string,
  { files = nodeFileSystem, what = 'the file' }: ReplaceOptions = {},
): PendingFiles {
  const pending: { readonly temporary: string; readonly path: string; readonly written: string }[] = [];
  const told = <T>(written: string, step: () => T): T => {
    try {
      return step();
    } catch (cause) {
      throw fileError(who, `${what} cannot be written`, written, 'writing', cause);
    }
  };
  return {
    destination: ({ path, written = path }) => ({
      target: told(written, () => targetOf(files, path)),
      written,
    }),
    open({ target, written }) {
      const { inPlace, mode, path } = target;
      const temporary = inPlace ? path : temporaryName(path);
      if (!inPlace) pending.push({ temporary, path, written });
      const file = told(written, () => files.openSync(temporary, inPlace ? 'w' : 'wx', 0o666));
      if (!inPlace && mode !== undefined)
        told(written, () => {
          files.fchmodSync(file, mode);
        });
      return {
        write: (content) => told(written, () => writeAll(files, file, content)),
        finish: () =>
          told(written, () => {
            try {
              if (!inPlace) synchronise(files, file);
            } catch (error) {
              closeQuietly(files, file);
              throw error;
            }
            // What closing says counts too: network file systems say then what went wrong.
            files.closeSync(file);
          }),
        abandon: () => closeQuietly(files, file),
      };
    },
    settle(obsolete = []) {
      while (pending.length > 0) {
        const { temporary, path, written } = pending[0]!;
        told(written, () => files.renameSync(temporary, path));
        pending.shift();
      }
      for (const path of obsolete) discard(files, path);
    },
    discard() {
      for (const { temporary } of pending.splice(0)) discard(files, temporary);
    },
  };
}

/** Short, since the name itself may be as long as names can be. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.moe-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

/** Until it is on the disk. Some file systems have no such call, which is no reason to write nothing. */
export function synchronise(files: FileSystem, file: number): void {
  for (;;) {
    try {
      files.fsyncSync(file);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) return;
      if (code !== 'EINTR') throw error;
    }
  }
}

function closeQuietly(files: FileSystem, file: number): void {
  try {
    files.closeSync(file);
  } catch {}
}

/** Takes away what may be there. */
function discard(files: FileSystem, path: string): void {
  try {
    files.unlinkSync(path);
  } catch {}
}

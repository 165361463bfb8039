import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { withSignalsDeferred } from './deferred-signals.ts';
import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { type Target, targetOf } from './target.ts';
import { writeAll } from './write-all.ts';

/** A text or bytes, in one piece or in several. */
export type Content = string | Uint8Array | Iterable<string>;

/** A file to be. */
export interface NewFile {
  /** Absolute. */
  readonly path: string;
  readonly content: Content;
  /** The path in errors, where it is not the one above. */
  readonly written?: string;
}

export interface ReplaceOptions {
  /** What it is that cannot be written, in errors. */
  readonly what?: string;
  readonly files?: FileSystem;
}

/**
 * Writes a file as a whole: under another name beside it, to the disk, and in place of the old one by one rename. Whoever
 * reads sees the old file or the new one, also after the power failed; what is left of an attempt that failed is the old.
 * A link stays a link: the file that it leads to is replaced. Permissions stay. Devices and pipes are written in place.
 * @throws MoeError that says which file and why not, with the exit status
 */
export function replaceFile(who: string, file: NewFile, options: ReplaceOptions = {}): void {
  replaceFiles(who, [file], options);
}

/** Several files that belong together: none is replaced before all of them are on the disk. */
export function replaceFiles(who: string, wanted: readonly NewFile[], options: ReplaceOptions = {}): void {
  const { files = nodeFileSystem, what = 'the file' } = options;
  withSignalsDeferred(() => {
    const pending: { temporary: string; path: string; file: NewFile }[] = [];
    const told = <T>({ path, written = path }: NewFile, step: () => T): T => {
      try {
        return step();
      } catch (cause) {
        for (const { temporary } of pending) discard(files, temporary);
        throw fileError(who, `${what} cannot be written`, written, 'writing', cause);
      }
    };
    const targets = wanted.map((file) => ({ file, target: told(file, () => targetOf(files, file.path)) }));
    for (const { file, target } of targets) {
      if (target.inPlace) continue;
      const temporary = temporaryName(target.path);
      pending.push({ temporary, path: target.path, file });
      told(file, () => writeTemporary(files, temporary, file.content, target));
    }
    for (const { file, target } of targets) {
      if (target.inPlace) told(file, () => writeInPlace(files, target.path, file.content));
    }
    for (const { temporary, path, file } of pending) told(file, () => files.renameSync(temporary, path));
  });
}

/** Short, since the name itself may be as long as names can be. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.moe-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

function writeTemporary(files: FileSystem, path: string, content: Content, { mode }: Target): void {
  const file = files.openSync(path, 'wx', 0o666);
  closing(files, file, () => {
    if (mode !== undefined) files.fchmodSync(file, mode);
    writeContent(files, file, content);
    synchronise(files, file);
  });
}

function writeInPlace(files: FileSystem, path: string, content: Content): void {
  const file = files.openSync(path, 'w');
  closing(files, file, () => writeContent(files, file, content));
}

function writeContent(files: FileSystem, file: number, content: Content): void {
  if (typeof content === 'string' || content instanceof Uint8Array) writeAll(files, file, content);
  else for (const part of content) writeAll(files, file, part);
}

/** Closes a file after some work; what closing says counts too, since network file systems say then what went wrong. */
export function closing(files: FileSystem, file: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    try {
      files.closeSync(file);
    } catch {}
    throw error;
  }
  files.closeSync(file);
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

/** Takes away what may be there. */
export function discard(files: FileSystem, path: string): void {
  try {
    files.unlinkSync(path);
  } catch {}
}

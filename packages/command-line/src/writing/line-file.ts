import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { writeAll } from './write-all.ts';

/** A file that grows by whole lines. */
export interface LineFile {
  /** @throws MoeError where the line cannot be written; the file then ends with the line before */
  append(line: string): void;
  close(): void;
}

/** What a file that grows by lines is called in errors, how it is opened, and through which file system. */
export interface LineFileOptions {
  /** What it is that cannot be written, in errors. */
  readonly what: string;
  /** Bytes that are kept of what is there: the whole lines. */
  readonly keep: number;
  readonly files?: FileSystem;
}

/**
 * Opens a file to append lines to. A line that does not fit on the disk is taken back, so that what is there can always
 * be read and gone on with. Lines are not forced to the disk one by one: what a power failure takes is computed again.
 */
export function openLineFile(who: string, path: string, options: LineFileOptions): LineFile {
  const { what, keep, files = nodeFileSystem } = options;
  const told = <T>(step: () => T): T => {
    try {
      return step();
    } catch (cause) {
      throw fileError(who, `${what} cannot be written`, path, 'writing', cause);
    }
  };
  const file = told(() => files.openSync(path, 'a'));
  let end = keep;
  const cut = () => files.ftruncateSync(file, end);
  told(cut);
  return {
    append(line) {
      const bytes = Buffer.from(`${line}\n`);
      try {
        told(() => writeAll(files, file, bytes));
      } catch (error) {
        try {
          cut();
        } catch {}
        throw error;
      }
      end += bytes.length;
    },
    close: () => files.closeSync(file),
  };
}

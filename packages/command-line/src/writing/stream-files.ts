import { withSignalsDeferred } from './deferred-signals.ts';
import { fileError } from './failure.ts';
import { nodeFileSystem } from './file-system.ts';
import { closing, discard, type ReplaceOptions, synchronise, temporaryName } from './replace-file.ts';
import { targetOf } from './target.ts';
import { withRemoval } from './temporary-folder.ts';
import { writeAll } from './write-all.ts';

/** A file to be, whose content is made while it is written. */
export interface StreamedFile {
  /** Absolute. */
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The path in errors, where it is not the one above. */
  readonly written?: string;
}

/**
 * Writes files that belong together as `replaceFiles` does, none of which has to be in memory: each under another name, and
 * when all are on the disk, they get their own. A signal that ends the program before takes with it what was written.
 * @throws MoeError that says which file and why not, with the exit status; and whatever ends the content
 */
export async function streamFiles(
  who: string,
  wanted: readonly StreamedFile[],
  options: ReplaceOptions = {},
): Promise<void> {
  const { files = nodeFileSystem, what = 'the file' } = options;
  const pending: { readonly temporary: string; readonly path: string; readonly written: string }[] = [];
  const told = <T>(written: string, step: () => T): T => {
    try {
      return step();
    } catch (cause) {
      throw fileError(who, `${what} cannot be written`, written, 'writing', cause);
    }
  };
  const remove = () => {
    for (const { temporary } of pending) discard(files, temporary);
  };
  await withRemoval(remove, async () => {
    for (const { path, chunks, written = path } of wanted) {
      const target = told(written, () => targetOf(files, path));
      const temporary = temporaryName(target.path);
      pending.push({ temporary, path: target.path, written });
      const file = told(written, () => files.openSync(temporary, 'wx', target.mode ?? 0o666));
      let isClosed = false;
      try {
        for await (const chunk of chunks) told(written, () => writeAll(files, file, chunk));
        isClosed = true;
        told(written, () => closing(files, file, () => synchronise(files, file)));
      } finally {
        if (!isClosed) files.closeSync(file);
      }
    }
    withSignalsDeferred(() => {
      for (const { temporary, path, written } of pending.splice(0))
        told(written, () => files.renameSync(temporary, path));
    });
  });
}

import { withSignalsDeferred } from './deferred-signals.ts';
import { type FilePath, pendingFiles, type ReplaceOptions } from './pending-files.ts';
import { withRemoval } from './temporary-folder.ts';

/** A file to be, whose content is made while it is written. */
export interface StreamedFile extends FilePath {
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** How files that belong together are replaced. */
export interface StreamOptions extends ReplaceOptions {
  /** Absolute paths of files that the new ones make obsolete: taken away when those have their names. */
  readonly obsolete?: readonly string[];
}

/**
 * Writes files that belong together as `replaceFiles` does, none of which has to be in memory: each under another name, and
 * when all are on the disk, they get their own. A signal that ends the program before takes with it what was written.
 * @throws MoeError that says which file and why not, with the exit status; and whatever ends the content
 */
export async function streamFiles(
  who: string,
  wanted: readonly StreamedFile[],
  options: StreamOptions = {},
): Promise<void> {
  const pending = pendingFiles(who, options);
  await withRemoval(pending.discard, async () => {
    const places = wanted.map((file) => ({ ...pending.destination(file), chunks: file.chunks }));
    for (const place of places) {
      const file = pending.open(place);
      try {
        for await (const chunk of place.chunks) file.write(chunk);
      } catch (error) {
        file.abandon();
        throw error;
      }
      file.finish();
    }
    withSignalsDeferred(() => pending.settle(options.obsolete));
  });
}

import { withSignalsDeferred } from './deferred-signals.ts';
import { type FilePath, pendingFiles, type ReplaceOptions } from './pending-files.ts';

/** A text or bytes, in one piece or in several. */
export type Content = string | Uint8Array | Iterable<string>;

/** A file to be. */
export interface NewFile extends FilePath {
  readonly content: Content;
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
  withSignalsDeferred(() => {
    const pending = pendingFiles(who, options);
    try {
      const places = wanted.map((file) => ({ ...pending.destination(file), content: file.content }));
      // A pipe takes nothing back: it is written when the files are there.
      for (const isInPlace of [false, true])
        for (const place of places.filter(({ target }) => target.inPlace === isInPlace)) {
          const file = pending.open(place);
          try {
            for (const part of partsOf(place.content)) file.write(part);
          } catch (error) {
            file.abandon();
            throw error;
          }
          file.finish();
        }
      pending.settle();
    } catch (error) {
      pending.discard();
      throw error;
    }
  });
}

function partsOf(content: Content): Iterable<string | Uint8Array> {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}

import { dirname } from 'node:path';
import { MoeError } from '@tfjs-moe/core';
import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { temporaryName } from './pending-files.ts';
import { targetOf } from './target.ts';

/** What asks whether a place can be written, and through which file system. */
export interface OutputCheck {
  /** Files that are read, by what they are: none of them may be written over. */
  readonly inputs?: Readonly<Record<string, string | undefined>>;
  /** Whether the folder is made when the time comes. */
  readonly makesFolder?: boolean;
  /** Whether it is gone on with later, which a device or a pipe cannot be. */
  readonly isKept?: boolean;
  readonly files?: FileSystem;
}

/**
 * Asks before the work whether a file can be written after it, by writing an empty one beside it and taking it away.
 * @param option as the user knows it, such as `--out`
 * @param written the path as the user wrote it
 * @returns the path of the file behind every link
 * @throws MoeError
 */
export function expectOutput(
  who: string,
  option: string,
  path: string,
  written: string,
  { inputs = {}, makesFolder = false, isKept = false, files = nodeFileSystem }: OutputCheck = {},
): string {
  try {
    const target = targetOf(files, path);
    for (const [name, input] of Object.entries(inputs)) {
      if (input === undefined || !isSame(files, target.path, input)) continue;
      throw new MoeError(who, `${option} would write over ${name}`, written);
    }
    if (target.inPlace && isKept) throw Object.assign(new Error('it is a device'), { code: 'ENODEV' });
    if (!target.inPlace) probe(files, dirname(target.path), makesFolder);
    return target.path;
  } catch (cause) {
    throw fileError(who, `${option} must be a file that can be written`, written, 'writing', cause);
  }
}

/** The same for a folder that is made if need be. */
export function expectOutputFolder(
  who: string,
  option: string,
  path: string,
  written: string,
  files: FileSystem = nodeFileSystem,
): void {
  try {
    probe(files, path, true);
  } catch (cause) {
    throw fileError(who, `${option} must be a folder that can be written to`, written, 'writing', cause);
  }
}

/** Writes into a folder, or into the first above it that is there. */
function probe(files: FileSystem, folder: string, makesFolder: boolean): void {
  const path = temporaryName(`${folder}/x`);
  try {
    files.closeSync(files.openSync(path, 'wx'));
  } catch (error) {
    const above = dirname(folder);
    if (!makesFolder || (error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    probe(files, above, true);
    return;
  }
  files.unlinkSync(path);
}

function isSame(files: FileSystem, one: string, other: string): boolean {
  try {
    const [a, b] = [files.statSync(one), files.statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return one === other;
  }
}

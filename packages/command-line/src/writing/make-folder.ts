import { fileError } from './failure.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';

/** Makes a folder, and those above it, unless it is there. */
export function makeFolder(
  who: string,
  what: string,
  path: string,
  files: FileSystem = nodeFileSystem,
): void {
  try {
    files.mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw fileError(who, `${what} cannot be made`, path, 'writing', cause);
  }
}

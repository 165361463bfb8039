import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FileSystem } from './file-system.ts';

/** Where a path leads. */
export interface Target {
  /** Behind every link. */
  readonly path: string;
  /** A device, a pipe or what is open already: there is nothing to keep, and nothing that could take its place. */
  readonly inPlace: boolean;
  /** Permissions of the file that is there. */
  readonly mode?: number;
}

/** Most links that are followed, as the system does. */
const LINKS = 40;

/**
 * Follows links to the file that is meant, whether or not it exists.
 * @throws what the file system says where no file can be written: a folder, a file that may not be changed
 */
export function targetOf(files: FileSystem, path: string): Target {
  const there = found(() => files.statSync(path));
  if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  // What a shell opened for us is written to, not replaced: `--out /dev/stdout`, `--out >(gzip > data.gz)`.
  const isOpen = /^\/(dev\/(fd|std)|proc\/)/.test(path);
  if (isOpen || (there !== undefined && !there.isFile())) return { path, inPlace: true };
  if (there === undefined) return { path: behindLinks(files, path), inPlace: false };
  files.accessSync(path, constants.W_OK);
  return { path: files.realpathSync(path), inPlace: false, mode: there.mode & 0o7777 };
}

/** Where a link points that leads to no file yet. */
function behindLinks(files: FileSystem, path: string): string {
  let at = path;
  for (let i = 0; i < LINKS; i++) {
    const link = at;
    if (!found(() => files.lstatSync(link))?.isSymbolicLink()) return at;
    at = resolve(files.realpathSync(dirname(link)), files.readlinkSync(link));
  }
  throw Object.assign(new Error('links lead in a circle'), { code: 'ELOOP' });
}

/** What a call returns, or nothing where no such file is there. */
function found<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

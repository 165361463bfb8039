import { isatty } from 'node:tty';
import { fileError } from '../writing/failure.ts';
import { type FileSystem, nodeFileSystem } from '../writing/file-system.ts';

/**
 * The bytes of a file of the user's.
 * @param rule what should have been, such as `the table must be a file that can be read`
 * @param path absolute
 * @param written the path as the user wrote it
 * @throws MoeError that says why it cannot be read
 */
export function readBytes(
  who: string,
  rule: string,
  path: string,
  written: string = path,
  files: FileSystem = nodeFileSystem,
): Uint8Array {
  try {
    const file = files.openSync(path, 'r');
    try {
      // Devices such as /dev/zero never end.
      if (files.fstatSync(file).isCharacterDevice() && !isatty(file) && path !== '/dev/null')
        throw Object.assign(new Error('it is a device'), { code: 'ENODEV' });
      return files.readFileSync(file);
    } finally {
      files.closeSync(file);
    }
  } catch (cause) {
    throw fileError(who, rule, written, 'reading', cause);
  }
}

/** The same as text in UTF-8. */
export function readText(who: string, rule: string, path: string, written: string = path): string {
  return Buffer.from(readBytes(who, rule, path, written)).toString('utf8');
}

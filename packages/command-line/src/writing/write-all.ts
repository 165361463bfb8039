import type { FileSystem } from './file-system.ts';
import { pause } from './pause.ts';

/** Writes that put nothing on the disk, one after the other, until it counts as full. */
const PATIENCE = 50;

/**
 * Writes all of it: goes on after a write that took less than it was given, waits for a pipe that is slower than we are,
 * and repeats what a signal interrupted.
 * @throws what the file system says, as `NodeJS.ErrnoException`
 */
export function writeAll(files: FileSystem, file: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let done = 0;
  let idle = 0;
  while (done < bytes.length) {
    const written = attempt(files, file, bytes, done);
    done += written;
    idle = written > 0 ? 0 : idle + 1;
    if (idle > PATIENCE) throw Object.assign(new Error('nothing more is written'), { code: 'ENOSPC' });
  }
}

function attempt(files: FileSystem, file: number, bytes: Uint8Array, done: number): number {
  for (;;) {
    try {
      return files.writeSync(file, bytes, done, bytes.length - done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'EWOULDBLOCK') pause(2);
      else if (code !== 'EINTR') throw error;
    }
  }
}

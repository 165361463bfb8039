/** A folder for the time of a script, which goes with it, also where a signal ends the script. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

export function scratchFolder(name) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  return folder;
}

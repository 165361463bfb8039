/** pnpm, without which little can be done here: a line that says so is worth more than `spawn pnpm ENOENT`. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Ends the program with status 2 where there is no pnpm on the path. */
export function expectPnpm(name) {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', '.ps1', ''] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const isThere = (folder) => endings.some((ending) => existsSync(join(folder, `pnpm${ending}`)));
  if (folders.some(isThere)) return;
  const { packageManager } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  const mend = `install ${packageManager}, or write npx --yes ${packageManager} where the command says pnpm`;
  process.stderr.write(`${name}: there is no pnpm on the path; ${mend}\n`);
  process.exit(2);
}

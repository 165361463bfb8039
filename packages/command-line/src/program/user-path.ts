import { resolve } from 'node:path';

/** A path as the user means it: pnpm starts programs in the folder of their package, INIT_CWD is where the user is. */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

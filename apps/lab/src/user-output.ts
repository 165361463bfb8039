/** A file that is written when the work is done; whether it can be is known before. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MoeError } from '@tfjs-moe/core';
import { userPath } from './user-path.ts';

/** @throws MoeError if the folder is not there, or may not be written to */
export function expectOutput(who: string, option: string, file: string): void {
  const path = userPath(file);
  const isThere = statSync(path, { throwIfNoEntry: false });
  if (isThere?.isDirectory()) throw new MoeError(who, `${option} must be a file, not a folder`, file);
  try {
    accessSync(isThere ? path : dirname(path), constants.W_OK);
  } catch {
    throw new MoeError(who, `${option} must be a file in a folder that can be written to`, file);
  }
}

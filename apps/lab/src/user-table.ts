/** A CSV file of the user's as a table. */
import { readFileSync } from 'node:fs';
import { MoeError } from '@tfjs-moe/core';
import { readTable, type Table } from '@tfjs-moe/datasets';
import { userPath } from './user-path.ts';

/** @throws MoeError if there is no such file, or no table in it */
export function userTable(who: string, file: string, decimal: '.' | ',' = '.'): Table {
  let bytes: Buffer;
  try {
    bytes = readFileSync(userPath(file));
  } catch {
    throw new MoeError(who, 'the table must be a file that can be read', file);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MoeError(who, 'the table must be text in UTF-8; save it as "CSV UTF-8"', file);
  }
  return readTable(text, { decimal });
}

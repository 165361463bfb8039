import { resolve } from 'node:path';
import { readBytes } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { readTable, type Table } from '@tfjs-moe/datasets';

/**
 * A CSV file of the user's as a table.
 * @throws MoeError if there is no such file, or no table in it
 */
export function userTable(who: string, file: string, decimal: '.' | ',' = '.'): Table {
  const bytes = readBytes(who, 'the table must be a file that can be read', resolve(file), file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG')
      throw new MoeError(who, 'the table is too large to be one text', file);
    throw new MoeError(who, 'the table must be text in UTF-8; save it as "CSV UTF-8"', file);
  }
  return readTable(text, { decimal });
}

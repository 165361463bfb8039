/**
 * The words after a command's name, read by `util.parseArgs`. What it does not know is the user's mistake, said in one line.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { MoeError } from '@tfjs-moe/core';

export function commandWords<const T extends ParseArgsConfig>(
  who: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [said] = (error as Error).message.split(/\.?\n|\.$/);
    throw new MoeError(who, said as string);
  }
}

const OUTSIDE_QUOTES = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/** The names in `a,b,"c, d"`: between commas, in double quotes where a comma is in the name. */
export function columnNames(written: string): string[] {
  return written
    .split(OUTSIDE_QUOTES)
    .map((name) => name.trim())
    .map((name) => (/^".*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name));
}

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
    throw new MoeError(who, (error as Error).message);
  }
}

import { MoeError } from '@tfjs-moe/core';

/** Says on the console what is wrong without being an error, in the words and under the name that an error would have. */
export function warn(who: string, text: string): void {
  // biome-ignore lint/suspicious/noConsole: training that does nothing, without a word, would be worse.
  console.warn(new MoeError(who, text).message);
}

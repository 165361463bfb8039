import { MoeError } from '@tfjs-moe/core';

/**
 * The error of a library's function in the words of a command: another name before the same rule and what was received.
 * @param reword the rule and what was received, in the command's words
 */
export function restated(
  error: MoeError,
  who: string,
  reword: (said: string) => string = (said) => said,
): MoeError {
  const said = error.message.replace(`[tfjs-moe] ${error.who}: `, '').replace(/\.$/, '');
  return new MoeError(who, reword(said));
}

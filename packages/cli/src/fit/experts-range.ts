import type { Reader } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';

/** The ends of `1..6`. */
export const range: Reader<readonly [number, number]> = (written, option, who) => {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(written) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (!(first >= 1 && last >= first)) {
    throw new MoeError(who, `${option} must be a range of numbers of experts like 1..6`, written);
  }
  return [first, last];
};

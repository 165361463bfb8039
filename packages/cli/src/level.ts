import { decimal, type Reader } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';

/** Between 0 and 1, neither of which is the level of an interval. */
export const level: Reader<number> = (written, option, who) => {
  const value = decimal({ min: 0, max: 1 })(written, option, who);
  if (value > 0 && value < 1) return value;
  throw new MoeError(who, `${option} must be a level between 0 and 1, such as 0.95`, written);
};

import type { Reader } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type Family, getFamily } from '@tfjs-moe/measures';

/** `poisson`, or `studentT:4` with its degrees of freedom; with commas one for each expert. */
export const families: Reader<readonly Family[]> = (written, option, who) =>
  written.split(',').map((each) => single(each.trim(), option, who));

/** The law of them all. */
export const family: Reader<Family> = (written, option, who) =>
  getFamily(families(written, option, who), `${who}: ${option}`);

const single: Reader<Family> = (written, option, who) => {
  const [kind = '', number, ...rest] = written.split(':');
  if (rest.length > 0 || (number !== undefined && kind !== 'studentT'))
    throw new MoeError(who, `${option} must be a family like poisson or studentT:4`, written);
  return getFamily(
    number === undefined ? kind : { kind, degreesOfFreedom: Number(number) },
    `${who}: ${option}`,
  );
};

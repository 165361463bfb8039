import { didYouMean, type Reader } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type Family, getFamily } from '@tfjs-moe/measures';

/** `poisson`, or `studentT:4` with its degrees of freedom; with commas one for each expert. */
export const families: Reader<readonly Family[]> = (written, option, who) =>
  written.split(',').map((each) => single(each.trim(), option, who));

/** The law of them all. */
export const family: Reader<Family> = (written, option, who) =>
  getFamily(families(written, option, who), `${who}: ${option}`);

/** Families by their words. */
const known: readonly string[] = [
  ...['gaussian', 'studentT', 'laplace', 'poisson', 'negativeBinomial', 'gamma', 'binomial', 'multinomial'],
];

const single: Reader<Family> = (written, option, who) => {
  const [kind = '', number, ...rest] = written.split(':');
  if (rest.length > 0 || (number !== undefined && kind !== 'studentT'))
    throw new MoeError(who, `${option} must be a family like poisson or studentT:4`, written);
  if (!known.includes(kind)) {
    const hint = didYouMean(kind.toLowerCase() === 'bernoulli' ? 'binomial' : kind, known);
    throw new MoeError(who, `${option} must be one of ${known.join(', ')}${hint}`, written);
  }
  return getFamily(
    number === undefined ? kind : { kind, degreesOfFreedom: Number(number) },
    `${who}: ${option}`,
  );
};

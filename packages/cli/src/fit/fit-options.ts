/**
 * The words after `moe fit`, checked.
 */

import {
  decimal,
  integer,
  type OptionTable,
  oneOf,
  positive,
  type Reader,
  readOptions,
  text,
} from '@tfjs-moe/command-line';
import { type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import type { ErrorKind } from '@tfjs-moe/estimators';
import { type Family, gaussian, getFamily } from '@tfjs-moe/measures';
import { columnNames } from '../column-names.ts';
import { expertOf, gateOf } from '../plugin-words.ts';

const WHO = 'moe fit';

export interface FitOptions {
  /** As written. */
  readonly file: string;
  /** What stands behind the table, such as `y ~ x | z`; it says the response, the inputs, the factors and the offset. */
  readonly formula?: string;
  /** Left of the tilde, where there is a formula. */
  readonly response: string;
  readonly inputs?: readonly string[];
  readonly factors: readonly string[];
  readonly weights?: string;
  readonly missing: 'refuse' | 'drop';
  readonly decimal: '.' | ',';
  readonly gate: Gate;
  readonly expert: Expert;
  /** The number of experts, or the smallest and largest that are tried. */
  readonly experts: number | readonly [smallest: number, largest: number];
  readonly criterion: 'aic' | 'bic' | 'icl';
  readonly estimator: 'maximumLikelihood' | 'leastSquares';
  readonly family: Family;
  /** Columns of a binomial response's trials, and of what is added to the outputs. */
  readonly trials?: string;
  readonly offset?: string;
  /** Of which rows belong together and have one expert. */
  readonly group?: string;
  /** Of which rows depend on each other, each with an expert of its own. */
  readonly cluster?: string;
  /** Whether the last expert says 0. */
  readonly zeroExpert: boolean;
  readonly variances: 'own' | 'common';
  readonly errors: ErrorKind;
  /** The level of the intervals that are shown. */
  readonly interval?: number;
  readonly minVariance?: number;
  /** The expert whose gate is 0 in what is printed, from 1. */
  readonly reference?: number;
  /** Hypotheses of Wald tests. */
  readonly test?: string;
  readonly starts?: number;
  readonly seed: number;
  readonly json: boolean;
  readonly plot?: string;
  readonly save?: string;
}

const names: Reader<readonly string[]> = columnNames;

/** The ends of `1..6`. */
const range: Reader<readonly [number, number]> = (written, option, who) => {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(written) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (!(first >= 1 && last >= first)) {
    throw new MoeError(who, `${option} must be a range of numbers of experts like 1..6`, written);
  }
  return [first, last];
};

/** `poisson`, or `studentT:4` with its degrees of freedom. */
const family: Reader<Family> = (written, option, who) => {
  const [kind = '', number, ...rest] = written.split(':');
  if (rest.length > 0 || (number !== undefined && kind !== 'studentT'))
    throw new MoeError(who, `${option} must be a family like poisson or studentT:4`, written);
  return getFamily(
    number === undefined ? kind : { kind, degreesOfFreedom: Number(number) },
    `${who}: ${option}`,
  );
};

/** Between 0 and 1, neither of which is the level of an interval. */
const level: Reader<number> = (written, option, who) => {
  const value = decimal({ min: 0, max: 1 })(written, option, who);
  if (value > 0 && value < 1) return value;
  throw new MoeError(who, `${option} must be a level between 0 and 1, such as 0.95`, written);
};

const table = {
  response: { value: 'COLUMN', about: 'what is explained, where there is no formula', read: text },
  inputs: {
    value: 'A,B',
    about: 'by what (default: all other columns); names with commas in double quotes',
    read: names,
  },
  factors: {
    value: 'A,B',
    about: 'inputs whose values are categories: an indicator for each but the first',
    read: names,
  },
  weights: { value: 'COLUMN', about: 'how often each row counts', read: text },
  missing: {
    value: 'WORD',
    about: 'refuse (default) or drop rows with missing values',
    read: oneOf(['refuse', 'drop']),
  },
  decimal: {
    value: 'CHAR',
    about: 'what stands before decimals: . (default) or ,',
    read: oneOf(['.', ',']),
  },
  experts: { value: 'K', about: 'number of experts (default: 2)', read: integer({ min: 1 }) },
  select: {
    value: 'A..B',
    about: 'try each number of experts, and take the best by --criterion',
    read: range,
  },
  criterion: {
    value: 'WORD',
    about: 'what --select goes by: bic (default), aic or icl',
    read: oneOf(['aic', 'bic', 'icl']),
  },
  gate: { value: 'GATE', about: 'who explains what (default: softmax)', read: text },
  router: {
    value: 'ROUTER',
    about: 'what scores the experts (default: that of the gate, linear)',
    read: text,
  },
  expert: { value: 'EXPERT', about: 'what each expert says (default: linear)', read: text },
  family: {
    value: 'WORD',
    about:
      'law of the response: gaussian (default), studentT:4, poisson, negativeBinomial, gamma, binomial, or multinomial for classes',
    read: family,
  },
  trials: { value: 'COLUMN', about: 'of a binomial response: out of how many', read: text },
  offset: {
    value: 'COLUMN',
    about: 'added to the outputs: of counts, the logarithm of the exposure',
    read: text,
  },
  group: {
    value: 'COLUMN',
    about:
      'rows with the same value there, as those of a person, have one expert; the gate must see the same in each',
    read: text,
  },
  'zero-expert': { about: 'of counts: the last of the experts says 0, for more zeros than the others give' },
  variances: {
    value: 'WORD',
    about: 'own (default), or common to all experts',
    read: oneOf(['own', 'common']),
  },
  'min-variance': {
    value: 'PART',
    about: 'least variance of an expert, as a part of that of the response (default: 1e-8)',
    read: positive,
  },
  reference: {
    value: 'K',
    about: 'the expert whose gate the others are compared with (default: the last)',
    read: integer({ min: 1 }),
  },
  errors: {
    value: 'WORD',
    about: 'standard errors from the observed information (observed, default), or sandwich',
    read: oneOf(['observed', 'sandwich']),
  },
  cluster: {
    value: 'COLUMN',
    about:
      'rows with the same value there depend on each other, each with its own expert: --errors sandwich, robust by clusters',
    read: text,
  },
  interval: {
    value: 'LEVEL',
    about: 'confidence intervals in the tables and in --json, such as 0.95',
    read: level,
  },
  test: {
    value: 'TEXT',
    about:
      'Wald tests: "x1 = 0", "expert 1: x1 = expert 2: x1"; & between hypotheses that hold together, ; between tests',
    read: text,
  },
  estimator: {
    value: 'WORD',
    about: 'maximumLikelihood (default), or leastSquares for any gate',
    read: oneOf(['maximumLikelihood', 'leastSquares']),
  },
  starts: {
    value: 'N',
    about: 'climbs from different starts (default: 10; 12 for least squares)',
    read: integer({ min: 1 }),
  },
  seed: { value: 'N', about: 'decides the starts (default: 0)', read: integer({ min: 0 }) },
  json: { about: 'one JSON object on standard output' },
  plot: { value: 'FILE.html', about: 'pictures of the fit', read: text },
  save: {
    value: 'FILE.json',
    about: 'the fit, for moe predict, assign, simulate and compare, and for programs',
    read: text,
  },
} as const;

/** What can be written after `moe fit TABLE`. */
export const fitOptionTable: OptionTable = table;

/** @returns nothing where the help was asked for */
export function fitOptions(written: readonly string[]): FitOptions | undefined {
  const { given, words, help } = readOptions(WHO, written, table);
  if (help) return undefined;
  const [file, formula, ...stray] = words;
  if (file === undefined) throw new MoeError(WHO, 'give the table, a CSV file; --help tells more');
  if (stray.length > 0) throw new MoeError(WHO, 'give one table and one formula, in quotes', stray[0]);
  if (formula !== undefined && !formula.includes('~'))
    throw new MoeError(WHO, 'give one table, and behind it a formula in quotes, as "y ~ x | z"', formula);
  for (const name of ['response', 'inputs', 'factors', 'offset'] as const)
    if (formula !== undefined && given[name] !== undefined)
      throw new MoeError(WHO, `the formula says what --${name} would: give one of them`, given[name]);
  const { experts, select, inputs, weights, starts, plot, save, reference } = given;
  const minVariance = given['min-variance'];
  const response = formula === undefined ? given.response : formula.slice(0, formula.indexOf('~')).trim();
  if (response === undefined)
    throw new MoeError(WHO, '--response must name the column to explain, or a formula behind the table');
  const { family = gaussian(), estimator = 'maximumLikelihood', trials, offset, group } = given;
  const isOther = family.isLeastSquares !== true || [trials, offset, group].some(Boolean);
  if (estimator === 'leastSquares' && (isOther || select !== undefined)) {
    throw new MoeError(
      WHO,
      'least squares have no --select, --family, --trials, --offset or --group',
      estimator,
    );
  }
  if (select !== undefined && experts !== undefined) {
    throw new MoeError(WHO, 'give --experts or --select, not both');
  }
  if (estimator === 'leastSquares' && given['zero-expert'])
    throw new MoeError(WHO, 'least squares have no --zero-expert', estimator);
  for (const name of ['test', 'interval', 'cluster'] as const)
    if (estimator === 'leastSquares' && given[name] !== undefined)
      throw new MoeError(WHO, `least squares have no --${name}`, estimator);
  if (given.cluster !== undefined && given.errors === 'observed')
    throw new MoeError(WHO, 'errors that are robust by --cluster are those of --errors sandwich', 'observed');
  if (estimator === 'leastSquares' && (reference !== undefined || minVariance !== undefined))
    throw new MoeError(WHO, 'least squares have no --reference and no --min-variance', estimator);
  if (reference !== undefined && select === undefined && reference > (experts ?? 2))
    throw new MoeError(WHO, `--reference must be one of the ${experts ?? 2} experts`, reference);
  return {
    file,
    ...(formula !== undefined && { formula }),
    response,
    ...(inputs !== undefined && { inputs }),
    factors: given.factors ?? [],
    ...(weights !== undefined && { weights }),
    missing: given.missing ?? 'refuse',
    decimal: given.decimal ?? '.',
    gate: gateOf(given.gate ?? 'softmax', given.router),
    expert: expertOf(given.expert ?? 'linear'),
    experts: select ?? experts ?? 2,
    criterion: given.criterion ?? 'bic',
    estimator,
    family,
    ...(trials !== undefined && { trials }),
    ...(offset !== undefined && { offset }),
    ...(group !== undefined && { group }),
    zeroExpert: given['zero-expert'] ?? false,
    variances: given.variances ?? 'own',
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    ...(given.interval !== undefined && { interval: given.interval }),
    errors: given.errors ?? (given.cluster === undefined ? 'observed' : 'sandwich'),
    ...(minVariance !== undefined && { minVariance }),
    ...(reference !== undefined && { reference }),
    ...(given.test !== undefined && { test: given.test }),
    ...(starts !== undefined && { starts }),
    seed: given.seed ?? 0,
    json: given.json,
    ...(plot !== undefined && { plot }),
    ...(save !== undefined && { save }),
  };
}

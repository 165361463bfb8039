/**
 * The words after `moe fit`, checked.
 */

import { integer, type OptionTable, oneOf, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { ErrorKind } from '@tfjs-moe/estimators';
import { level } from '../level.ts';
import { range } from './experts-range.ts';
import { expertsFor, type ModelOptions, modelOptions, modelTable } from './model-options.ts';
import { type PenaltyWords, penaltyTable, penaltyWords } from './penalty-words.ts';

const WHO = 'moe fit';

export interface FitOptions extends ModelOptions {
  /** The number of experts, or the smallest and largest that are tried. */
  readonly experts: number | readonly [smallest: number, largest: number];
  readonly criterion: 'aic' | 'bic' | 'icl';
  readonly estimator: 'maximumLikelihood' | 'leastSquares';
  readonly errors: ErrorKind;
  /** The level of the intervals that are shown. */
  readonly interval?: number;
  /** The expert whose gate is 0 in what is printed, from 1. */
  readonly reference?: number;
  /** Hypotheses of Wald tests. */
  readonly test?: string;
  /** Names of numbers whose profile intervals are asked for. */
  readonly profile?: string;
  /** Names of numbers whose profiles are asked for, as curves. */
  readonly profileCurve?: string;
  /** How coefficients are shrunk. */
  readonly penalty?: PenaltyWords;
  readonly json: boolean;
  readonly plot?: string;
  readonly save?: string;
}

const table = {
  ...modelTable,
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
  profile: {
    value: 'TEXT',
    about:
      'intervals by the likelihood ratio, at the level of --interval: "x1", "expert 1: x1 - expert 2: x1"; ; between several',
    read: text,
  },
  'profile-curve': {
    value: 'TEXT',
    about:
      'the likelihood along numbers, named as in --profile, as a curve; on the page of --plot as a picture',
    read: text,
  },
  ...penaltyTable,
  estimator: {
    value: 'WORD',
    about: 'maximumLikelihood (default), or leastSquares for any gate',
    read: oneOf(['maximumLikelihood', 'leastSquares']),
  },
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
  const model = modelOptions(WHO, given, words);
  const { select, plot, save, reference, cluster, interval } = given;
  const experts = given.experts ?? expertsFor(model);
  const { estimator = 'maximumLikelihood' } = given;
  const { family, trials, offset, group, minVariance } = model;
  const isOther = family.isLeastSquares !== true || [trials, offset, group].some(Boolean);
  if (estimator === 'leastSquares' && (isOther || select !== undefined)) {
    throw new MoeError(
      WHO,
      'least squares have no --select, --family, --trials, --offset or --group',
      estimator,
    );
  }
  if (select === undefined && given.criterion !== undefined)
    throw new MoeError(WHO, '--criterion chooses among the numbers of --select', given.criterion);
  if (select !== undefined && given.experts !== undefined) {
    throw new MoeError(WHO, 'give --experts or --select, not both');
  }
  if (estimator === 'leastSquares' && given['zero-expert'])
    throw new MoeError(WHO, 'least squares have no --zero-expert', estimator);
  for (const name of [
    'test',
    'profile',
    'profile-curve',
    'interval',
    'cluster',
    'equal',
    'fix',
    'absent',
    'variances',
    'errors',
  ] as const)
    if (estimator === 'leastSquares' && given[name] !== undefined)
      throw new MoeError(WHO, `least squares have no --${name}`, estimator);
  if (given.cluster !== undefined && given.errors === 'observed')
    throw new MoeError(WHO, 'errors that are robust by --cluster are those of --errors sandwich', 'observed');
  if (estimator === 'leastSquares' && (reference !== undefined || minVariance !== undefined))
    throw new MoeError(WHO, 'least squares have no --reference and no --min-variance', estimator);
  if (reference !== undefined && select === undefined && reference > experts)
    throw new MoeError(WHO, `--reference must be one of the ${experts} experts`, reference);
  const penalty = penaltyWords(WHO, given);
  if (penalty !== undefined && estimator === 'leastSquares')
    throw new MoeError(WHO, 'least squares have no --ridge, --lasso or --elastic-net', estimator);
  if (penalty !== undefined && typeof penalty.strength !== 'number' && select !== undefined)
    throw new MoeError(WHO, 'with --select, a penalty has one strength', penalty.strength);
  return {
    ...model,
    ...(penalty !== undefined && { penalty }),
    experts: select ?? experts,
    criterion: given.criterion ?? 'bic',
    estimator,
    ...(cluster !== undefined && { cluster }),
    ...(interval !== undefined && { interval }),
    errors: given.errors ?? (cluster === undefined ? 'observed' : 'sandwich'),
    ...(reference !== undefined && { reference }),
    ...(given.test !== undefined && { test: given.test }),
    ...(given.profile !== undefined && { profile: given.profile }),
    ...(given['profile-curve'] !== undefined && { profileCurve: given['profile-curve'] }),
    json: given.json,
    ...(plot !== undefined && { plot }),
    ...(save !== undefined && { save }),
  };
}

import { type Flag, type Given, integer, type Reader, type Valued } from '@tfjs-moe/command-line';
import { expectNumber, MoeError } from '@tfjs-moe/core';
import type { PenaltyOptions } from '@tfjs-moe/estimators';

/** How much, or which of cross-validation's answers. */
export type Strength = number | 'min' | '1se';

/** A penalty as it was written. */
export interface PenaltyWords extends Required<Omit<PenaltyOptions, 'lambda'>> {
  readonly strength: Strength;
  /** Of cross-validation. Default 10. */
  readonly folds?: number;
}

const strength: Reader<Strength> = (written, option, who) => {
  if (written === 'min' || written === '1se') return written;
  const lambda = written.trim() === '' ? Number.NaN : Number(written);
  if (lambda >= 0 && lambda < Infinity) return lambda;
  throw new MoeError(who, `${option} must be a number of at least 0, or min or 1se`, written);
};

const mixture: Reader<{ readonly alpha: number; readonly strength: Strength }> = (written, option, who) => {
  const [alpha = '', much, ...rest] = written.split(':');
  if (much === undefined || rest.length > 0)
    throw new MoeError(
      who,
      `${option} must be a part of lasso and a strength, as 0.5:0.1 or 0.5:min`,
      written,
    );
  return {
    alpha: expectNumber(who, option, Number(alpha || Number.NaN), { min: 0, max: 1 }),
    strength: strength(much, option, who),
  };
};

type PenaltyTable = {
  readonly [Name in 'ridge' | 'lasso']: Valued<Strength>;
} & {
  readonly 'elastic-net': Valued<{ readonly alpha: number; readonly strength: Strength }>;
  readonly 'shrink-gate': Flag;
  readonly folds: Valued<number>;
};

/** What can be written of a penalty. */
export const penaltyTable: PenaltyTable = {
  lasso: {
    value: 'LAMBDA',
    about:
      'slopes of standardised inputs are shrunk, many onto 0: a strength, or min or 1se, which cross-validation finds, as glmnet does',
    read: strength,
  },
  ridge: { value: 'LAMBDA', about: 'the same towards 0, none onto it', read: strength },
  'elastic-net': {
    value: 'A:LAMBDA',
    about: 'between: A = 1 is the lasso, 0 ridge; as 0.5:min',
    read: mixture,
  },
  'shrink-gate': { about: 'the slopes of the gate of two experts are shrunk too' },
  folds: { value: 'K', about: 'of that cross-validation (default: 10)', read: integer({ min: 2 }) },
};

/** The penalty that is asked for, if there is one. */
export function penaltyWords(who: string, given: Given<PenaltyTable>): PenaltyWords | undefined {
  const { ridge, lasso, folds } = given;
  const asked = [
    ...(ridge === undefined ? [] : [{ alpha: 0, strength: ridge }]),
    ...(lasso === undefined ? [] : [{ alpha: 1, strength: lasso }]),
    ...(given['elastic-net'] === undefined ? [] : [given['elastic-net']]),
  ];
  if (asked.length > 1) throw new MoeError(who, 'give one of --ridge, --lasso and --elastic-net');
  const [one] = asked;
  if (one === undefined) {
    if (folds === undefined && !given['shrink-gate']) return undefined;
    throw new MoeError(who, '--folds and --shrink-gate are for --ridge, --lasso and --elastic-net');
  }
  if (folds !== undefined && typeof one.strength === 'number')
    throw new MoeError(who, '--folds is for strengths that cross-validation finds: min or 1se', one.strength);
  return { ...one, gate: given['shrink-gate'], ...(folds !== undefined && { folds }) };
}

import { type Flag, type Given, integer, oneOf, positive, text, type Valued } from '@tfjs-moe/command-line';
import { type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import type { CoefficientStructure } from '@tfjs-moe/estimators';
import { type Family, gaussian, getFamily } from '@tfjs-moe/measures';
import { columnNames } from '../column-names.ts';
import { families } from '../family-words.ts';
import { expertOf, gateOf } from '../plugin-words.ts';
import { structureOf, structureTable } from './structure-options.ts';

/** A table, and the model that explains it: what commands that fit have in common. */
export interface ModelOptions {
  /** The command, for errors. */
  readonly who: string;
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
  readonly family: Family;
  /** That of each expert, where several were written, alike or not. */
  readonly families?: readonly Family[];
  /** Columns of a binomial response's trials, and of what is added to the outputs. */
  readonly trials?: string;
  readonly offset?: string;
  /** Of which rows belong together and have one expert. */
  readonly group?: string;
  /** Of which rows depend on each other, each with an expert of its own: only standard errors ask. */
  readonly cluster?: string;
  /** Whether the last expert says 0. */
  readonly zeroExpert: boolean;
  /** What holds between coefficients. */
  readonly structure?: CoefficientStructure;
  readonly variances: 'own' | 'common';
  readonly minVariance?: number;
  readonly starts?: number;
  readonly seed: number;
}

type ModelTable = {
  readonly [Name in
    | 'response'
    | 'weights'
    | 'gate'
    | 'router'
    | 'expert'
    | 'trials'
    | 'offset'
    | 'group']: Valued<string>;
} & {
  readonly [Name in 'inputs' | 'factors']: Valued<readonly string[]>;
} & {
  readonly [Name in 'experts' | 'min-variance' | 'starts' | 'seed']: Valued<number>;
} & {
  readonly missing: Valued<'refuse' | 'drop'>;
  readonly decimal: Valued<'.' | ','>;
  readonly family: Valued<readonly Family[]>;
  readonly 'zero-expert': Flag;
  readonly variances: Valued<'own' | 'common'>;
} & typeof structureTable;

/** What can be written of a model, whichever command fits it. */
export const modelTable: ModelTable = {
  response: { value: 'COLUMN', about: 'what is explained, where there is no formula', read: text },
  inputs: {
    value: 'A,B',
    about: 'by what (default: all other columns); names with commas in double quotes',
    read: columnNames,
  },
  factors: {
    value: 'A,B',
    about: 'inputs whose values are categories: an indicator for each but the first',
    read: columnNames,
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
  experts: {
    value: 'K',
    about: 'number of experts (default: 2, or as many as have families)',
    read: integer({ min: 1 }),
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
      'law of the response: gaussian (default), studentT:4, laplace, poisson, negativeBinomial, gamma, binomial, or multinomial for classes; with commas one for each expert, as poisson,negativeBinomial',
    read: families,
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
  ...structureTable,
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
  starts: {
    value: 'N',
    about: 'climbs from different starts (default: 10; 12 for least squares)',
    read: integer({ min: 1 }),
  },
  seed: { value: 'N', about: 'decides the starts (default: 0)', read: integer({ min: 0 }) },
};

/** How many experts there are where nobody says: as many as have families, or 2. */
export function expertsFor({
  families: each,
  zeroExpert,
}: Pick<ModelOptions, 'families' | 'zeroExpert'>): number {
  return each === undefined ? 2 : each.length + (zeroExpert ? 1 : 0);
}

/** Table, formula and model from what was written. */
export function modelOptions(
  who: string,
  given: Omit<Given<ModelTable>, 'experts'>,
  words: readonly string[],
): ModelOptions {
  const [file, formula, ...stray] = words;
  if (file === undefined) throw new MoeError(who, 'give the table, a CSV file; --help tells more');
  if (stray.length > 0) throw new MoeError(who, 'give one table and one formula, in quotes', stray[0]);
  if (formula !== undefined && !formula.includes('~'))
    throw new MoeError(who, 'give one table, and behind it a formula in quotes, as "y ~ x | z"', formula);
  for (const name of ['response', 'inputs', 'factors', 'offset'] as const)
    if (formula !== undefined && given[name] !== undefined)
      throw new MoeError(who, `the formula says what --${name} would: give one of them`, given[name]);
  const response = formula === undefined ? given.response : formula.slice(0, formula.indexOf('~')).trim();
  if (response === undefined)
    throw new MoeError(who, '--response must name the column to explain, or a formula behind the table');
  const { inputs, weights, trials, offset, group, starts } = given;
  const minVariance = given['min-variance'];
  const structure = structureOf(given);
  return {
    who,
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
    family: given.family === undefined ? gaussian() : getFamily(given.family, `${who}: --family`),
    ...(given.family !== undefined && given.family.length > 1 && { families: given.family }),
    ...(trials !== undefined && { trials }),
    ...(offset !== undefined && { offset }),
    ...(group !== undefined && { group }),
    zeroExpert: given['zero-expert'],
    ...(structure !== undefined && { structure }),
    variances: given.variances ?? 'own',
    ...(minVariance !== undefined && { minVariance }),
    ...(starts !== undefined && { starts }),
    seed: given.seed ?? 0,
  };
}

import { expectBoolean, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { classesOf } from '../table/levels.ts';
import { columnOf, completeRows, type Table } from '../table/table.ts';
import { type Node, textOf } from './expression.ts';
import { columnsOf, type FormulaTerms, formulaTerms, responsesIn } from './formula-terms.ts';
import { type ModelMatrix, modelMatrices } from './model-matrices.ts';
import { parseExpression, WHO } from './parse.ts';

/** Which columns a sample has beside those of a formula, and how its response is read. */
export interface SampleOfFormulaOptions {
  /** Name of a column that says how often a row counts. Default: every row once. */
  readonly weights?: string;
  /** Name of a column of a binomial response's numbers of trials. Default 1 each. */
  readonly trials?: string;
  /** Name of a column that says which rows belong together. Default: every row for itself. */
  readonly groups?: string;
  /** Name of a column that says which rows depend on each other, each with an expert of its own. Default: none. */
  readonly clusters?: string;
  /** Whether a row with a missing value is an error or left out. Default `'refuse'`. */
  readonly missing?: 'refuse' | 'drop';
  /** Whether the response is a class: its values, texts or whole numbers, become 0, 1, ... in order. Default false. */
  readonly classes?: boolean;
}

/** A sample for the estimators, and all that new rows are read with. */
export interface FormulaSample {
  /** [n, D], the columns of experts and gate together, each once. */
  readonly inputs: number[][];
  readonly response: number[];
  /** The responses after the first, where the formula has `cbind(y1, y2)`. */
  readonly moreResponses?: readonly { readonly name: string; readonly values: number[] }[];
  readonly inputNames: readonly string[];
  readonly responseName: string;
  /** Names of the inputs that the gate sees; those of the experts where the formula has no bar. */
  readonly gateInputs: readonly string[];
  /** Names of the inputs that the experts see. */
  readonly expertInputs: readonly string[];
  /** Whether either side has a constant, for the `useBias` of gate and expert. */
  readonly intercepts: { readonly gate: boolean; readonly experts: boolean };
  readonly offset?: number[];
  readonly weights?: number[];
  readonly trials?: number[];
  readonly groups?: (string | number)[];
  readonly clusters?: (string | number)[];
  /** What the classes 0, 1, ... are called. */
  readonly classNames?: readonly string[];
  /** The rows of the table, counted from 0, that the sample is made of. */
  readonly rows: number[];
  /** To be saved with the fit, for `inputsOfFormula`. */
  readonly terms: FormulaTerms;
}

/** Rows of inputs that a fit by a formula predicts. */
export type FormulaInputs = Pick<FormulaSample, 'inputs' | 'inputNames' | 'gateInputs' | 'expertInputs'> & {
  readonly offset?: number[];
  readonly rows: number[];
};

const ALONE = '(constant)';

/**
 * The sample that a formula makes of a table: `fitMaximumLikelihood` takes it as its `data`.
 *
 * The inputs are the columns of both sides of the bar, each once, and `gateInputs` and `expertInputs` say who sees which. A
 * formula without any column, `y ~ 1`, has one input that is 1 and that nobody sees.
 *
 * @throws MoeError that says where the formula cannot be read, or names row and column of the table
 * @example const data = sampleOfFormula(table, 'y ~ x + offset(t) | z');
 */
export function sampleOfFormula(
  table: Table,
  formula: string,
  options: SampleOfFormulaOptions = {},
): FormulaSample {
  expectKnownOptions(WHO, options, ['weights', 'trials', 'groups', 'clusters', 'missing', 'classes']);
  const missing = expectOneOf(WHO, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const isClass = expectBoolean(WHO, 'classes', options.classes ?? false);
  const { weights, trials, groups, clusters } = options;
  const further = [weights, trials, groups, clusters].filter((name) => name !== undefined);
  const whole = missing === 'drop' ? withRows(table, completeRows(table, further)) : undefined;
  const of = whole?.table ?? table;
  const terms = formulaTerms(formula, of, { missing });
  if (terms.response === undefined) throw new MoeError(WHO, 'left of the tilde must be a response', formula);
  const [explained, ...others] = responsesIn(parseExpression(terms.response));
  for (const name of [explained!, ...others].flatMap(columnsOf)) columnOf(of, name, WHO);
  if (isClass && others.length > 0)
    throw new MoeError(WHO, 'a class must stand alone left of the tilde', terms.response);
  const classes = isClass ? columnOf(of, nameOf(explained!, terms.response), WHO) : undefined;
  const matrices = modelMatrices(
    classes === undefined ? terms : { ...terms, response: undefined as never },
    of,
    { missing },
  );
  const rows = matrices.rows.filter((row) => classes === undefined || classes.values[row] !== null);
  if (rows.length < matrices.rows.length && missing === 'refuse')
    throw new MoeError(
      WHO,
      `a class of "${terms.response}" is missing; missing: 'drop' leaves such rows out`,
    );
  const kept = new Set(rows);
  const picked = <T>(values: readonly T[]) => values.filter((_, i) => kept.has(matrices.rows[i]!));
  const numbers = (name: string) => {
    const column = columnOf(of, name, WHO);
    return rows.map((row) => {
      const value = column.values[row];
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      const at = (whole?.rows[row] ?? row) + 1;
      throw new MoeError(WHO, `row ${at} of ${name} must be a finite number`, value);
    });
  };
  const { inputs, ...sides } = unionOf(terms, matrices.experts, matrices.gate, matrices.rows.length);
  return {
    inputs: picked(inputs),
    ...sides,
    ...(classes === undefined ? { response: [...matrices.response!] } : classesOf(WHO, classes, rows)),
    responseName: textOf(explained!),
    ...(others.length > 0 && {
      moreResponses: others.map((node, j) => ({
        name: textOf(node),
        values: [...matrices.moreResponses![j]!],
      })),
    }),
    intercepts: {
      experts: terms.experts.intercept,
      gate: terms.gate?.intercept ?? true,
    },
    ...(matrices.offset && { offset: picked(matrices.offset) }),
    ...(weights !== undefined && { weights: numbers(weights) }),
    ...(trials !== undefined && { trials: numbers(trials) }),
    ...(groups !== undefined && { groups: identifiersOf(of, groups, rows) }),
    ...(clusters !== undefined && { clusters: identifiersOf(of, clusters, rows) }),
    rows: rows.map((row) => whole?.rows[row] ?? row),
    terms,
  };
}

/**
 * The inputs of new rows, by terms that were saved: the columns of `sampleOfFormula`, with the levels, knots and centres of
 * the first table.
 *
 * @throws MoeError that names row and column for a level that the terms do not know, or a missing column
 * @example const { inputs } = inputsOfFormula(saved.terms, newTable);
 */
export function inputsOfFormula(
  terms: FormulaTerms,
  table: Table,
  options: Pick<SampleOfFormulaOptions, 'missing'> = {},
): FormulaInputs {
  const { response: _, ...explaining } = terms ?? ({} as FormulaTerms);
  const { experts, gate, offset, rows } = modelMatrices(explaining, table, options);
  return {
    ...unionOf(explaining, experts, gate, rows.length),
    ...(offset && { offset: [...offset] }),
    rows: [...rows],
  };
}

/** The columns of both sides, each once. */
function unionOf(
  { gate: bar }: Pick<FormulaTerms, 'gate'>,
  experts: ModelMatrix,
  gate: ModelMatrix | undefined,
  n: number,
): Pick<FormulaSample, 'inputs' | 'inputNames' | 'gateInputs' | 'expertInputs'> {
  const own = (gate?.names ?? []).flatMap((name, i) => (experts.names.includes(name) ? [] : [i]));
  const inputNames = [...experts.names, ...own.map((i) => gate!.names[i]!)];
  const seen = { gateInputs: bar === undefined ? experts.names : gate!.names, expertInputs: experts.names };
  if (inputNames.length === 0)
    return { inputs: Array.from({ length: n }, () => [1]), inputNames: [ALONE], ...seen };
  return {
    inputs: Array.from({ length: n }, (_, i) => [
      ...experts.inputs[i]!,
      ...own.map((place) => gate!.inputs[i]![place]!),
    ]),
    inputNames,
    ...seen,
  };
}

function withRows(
  table: Table,
  rows: readonly number[],
): { readonly table: Table; readonly rows: readonly number[] } {
  const columns = table.columns.map((column) => ({
    ...column,
    values: rows.map((row) => column.values[row]!),
  })) as Table['columns'];
  return { table: { size: rows.length, columns }, rows };
}

function identifiersOf(table: Table, name: string, rows: readonly number[]): (string | number)[] {
  const column = columnOf(table, name, WHO);
  return rows.map((row) => {
    const value = column.values[row];
    if (value !== null && value !== undefined && !Number.isNaN(value)) return value;
    throw new MoeError(WHO, `row ${row + 1} of ${name} must say which group it belongs to`);
  });
}

/** The column that a class stands in. */
function nameOf(node: Node, text: string): string {
  if (node.type === 'name') return node.name;
  throw new MoeError(WHO, 'a class must be a column as it is', text);
}

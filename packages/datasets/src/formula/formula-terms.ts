import { expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { columnsByName, completeRows, type Table } from '../table/table.ts';
import { columnsIn, numbersOf } from './arithmetic.ts';
import { type Expanded, expandTerms } from './expand.ts';
import { type Node, textOf } from './expression.ts';
import { parseFormula, WHO } from './parse.ts';
import { type FormulaVariable, variableOf } from './variables.ts';

/** Options of `formulaTerms`. */
export interface FormulaOptions {
  /** Whether a row with a missing value in a column of the formula is an error or left out. Default `'refuse'`. */
  readonly missing?: 'refuse' | 'drop';
}

/** A formula with all that its table decided: plain JSON, to be saved with what was fitted. */
export interface FormulaTerms {
  /** As it was given. */
  readonly formula: string;
  /** The expression left of the tilde, of several responses `cbind(y1, y2)`; absent where nothing stands there. */
  readonly response?: string;
  /** What the experts see. */
  readonly experts: SideTerms;
  /** What the gate sees, where there is a bar. */
  readonly gate?: SideTerms;
}

/** One side of a bar. */
export interface SideTerms {
  /** Whether there is a constant; `- 1` takes it away. */
  readonly intercept: boolean;
  readonly variables: readonly FormulaVariable[];
  readonly terms: readonly FormulaTerm[];
  /** Expressions that are added with the coefficient 1. */
  readonly offsets: readonly string[];
}

/** A product of variables. */
export interface FormulaTerm {
  /** Places of its variables. */
  readonly variables: readonly number[];
  /** For each, whether a factor has a column for every level instead of treatment contrasts. */
  readonly full: readonly boolean[];
}

/**
 * Reads a formula such as `y ~ x1 * poly(x2, 2) + factor(site) | z` at a table: its terms, and the levels, contrasts,
 * knots and centres that new data will be read with.
 *
 * Right of the bar stands what the gate sees. The rules are those of R's `terms` and `model.matrix`: interactions and
 * marginality, treatment contrasts, `poly`, `ns` and `bs`. Columns of text are factors, and levels are ordered by code
 * units, not by the language of the machine.
 *
 * @throws MoeError that says at which place the formula cannot be read, or names row and column of the table
 * @example const terms = formulaTerms('y ~ x * factor(site) | z', table);
 */
export function formulaTerms(formula: string, table: Table, options: FormulaOptions = {}): FormulaTerms {
  expectKnownOptions(WHO, options, ['missing']);
  const missing = expectOneOf(WHO, 'missing', options.missing ?? 'refuse', ['refuse', 'drop']);
  const { response, experts, gate } = parseFormula(formula);
  const sides = [expandTerms(experts), ...(gate ? [expandTerms(gate)] : [])];
  expectResponseApart(response, sides);
  if (sides[1] !== undefined && sides[1].offsets.length > 0) {
    throw new MoeError(WHO, 'an offset stands left of the bar', textOf(sides[1].offsets[0]!));
  }
  columnsByName(table, WHO);
  const all = Array.from({ length: table.size }, (_, row) => row);
  const read = sides.flatMap(({ variables, offsets }) => [...variables, ...offsets]);
  const names = [...(response ? responsesIn(response) : []), ...read].flatMap(columnsOf);
  const rows = missing === 'drop' ? completeRows(table, [...new Set(names)]) : all;
  if (rows.length === 0) throw new MoeError(WHO, 'the table must have a row that misses nothing', 0);
  const [left, right] = sides.map((side) => sideTerms(side, table, rows));
  return {
    formula,
    ...(response && { response: textOf(response) }),
    experts: left!,
    ...(right && { gate: right }),
  };
}

/** Names of columns that a variable reads; what else its call is given are no columns. */
export function columnsOf(node: Node): string[] {
  return columnsIn(node.type === 'call' ? { ...node, args: node.args.slice(0, 1) } : node);
}

/** The responses left of the tilde: each argument of `cbind`, or one. */
export function responsesIn(node: Node): readonly Node[] {
  if (node.type !== 'call' || node.of !== 'cbind') return [node];
  if (node.args.length > 0 && node.args.every(({ name }) => name === undefined))
    return node.args.map(({ value }) => value);
  throw new MoeError(WHO, 'cbind() takes the responses', textOf(node));
}

function expectResponseApart(response: Node | undefined, sides: readonly Expanded[]): void {
  if (response === undefined) return;
  const texts = responsesIn(response).map(textOf);
  const twice = texts.find((text, i) => texts.indexOf(text) < i);
  if (twice !== undefined) throw new MoeError(WHO, 'each response must stand once', twice);
  const explaining = sides.flatMap(({ variables }) => variables.map(textOf));
  const bad = texts.find((text) => explaining.includes(text));
  if (bad !== undefined) throw new MoeError(WHO, 'the response must not stand among what explains it', bad);
}

function sideTerms(side: Expanded, table: Table, rows: readonly number[]): SideTerms {
  const variables = side.variables.map((node) => variableOf(node, table, rows));
  const isFactor = (place: number) => variables[place]!.coding.type === 'factor';
  const terms = side.terms.map((places, t) => ({
    variables: places,
    full: places.map((place) => isFactor(place) && !hasMargin(side.terms.slice(0, t), places, place)),
  }));
  // Without a constant the first factor stands for it.
  const first = side.intercept ? undefined : terms.find((term) => term.variables.some(isFactor));
  if (first !== undefined) first.full[first.variables.findIndex(isFactor)] = true;
  for (const offset of side.offsets) numbersOf(offset, table, rows);
  return { intercept: side.intercept, variables, terms, offsets: side.offsets.map(textOf) };
}

/** Whether a term before has all variables of this one but the given, so that contrasts are enough. */
function hasMargin(before: readonly (readonly number[])[], term: readonly number[], place: number): boolean {
  const margin = term.filter((other) => other !== place);
  return margin.length === 0 || before.some((other) => margin.every((each) => other.includes(each)));
}

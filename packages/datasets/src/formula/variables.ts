import { expectInteger, MoeError } from '@tfjs-moe/core';
import { someOf } from '../table/names.ts';
import { numberOf } from '../table/number-of.ts';
import { columnOf, isMissing, type Table } from '../table/table.ts';
import { numbersOf } from './arithmetic.ts';
import {
  orthogonalPolynomials,
  type PolynomialBasis,
  polynomialsAt,
  quantile,
  type SplineBasis,
  splinesAt,
} from './bases.ts';
import { type Node, textOf } from './expression.ts';
import { parseExpression, WHO } from './parse.ts';

/** How a variable of a formula is read: what its table decided, as plain JSON. */
export interface FormulaVariable {
  /** As R writes it, which is how its columns are called. */
  readonly name: string;
  readonly coding: NumberCoding | FactorCoding | ScaleCoding | PolynomialBasis | SplineBasis;
}

/** A number as it is. */
export interface NumberCoding {
  readonly type: 'number';
}

/** A factor with its levels in order, of which the first is the reference of treatment contrasts. */
export interface FactorCoding {
  readonly type: 'factor';
  readonly levels: readonly string[];
}

/** A number less a centre, divided by a scale. */
export interface ScaleCoding {
  readonly type: 'scale';
  readonly centre: number;
  readonly scale: number;
}

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  factor: ['x'],
  scale: ['x'],
  poly: ['x', 'degree', 'raw'],
  bs: ['x', 'df', 'knots', 'degree'],
  ns: ['x', 'df', 'knots'],
};

/** Arguments of a call by name, by R's order where they have none. */
function argumentsOf(node: Node): ReadonlyMap<string, Node> | undefined {
  if (node.type !== 'call' || !Object.hasOwn(ARGUMENTS, node.of)) return undefined;
  const names = ARGUMENTS[node.of]!;
  const open = names.filter((name) => node.args.every((argument) => argument.name !== name));
  const found = new Map<string, Node>();
  for (const { name, value } of node.args) {
    const to = name ?? open.shift();
    if (to === undefined || !names.includes(to) || found.has(to)) {
      throw new MoeError(
        WHO,
        `the arguments of ${node.of}() are ${names.join(', ')}, each once`,
        textOf(node),
      );
    }
    found.set(to, value);
  }
  if (!found.has('x')) throw new MoeError(WHO, `${node.of}() needs a variable`, textOf(node));
  return found;
}

/** The expression that a variable takes its values from: of `poly(x, 2)` that is x. */
function innerOf(node: Node): Node {
  return argumentsOf(node)?.get('x') ?? node;
}

/** Reads a variable for the first time: levels, centres and knots are those of these rows. */
export function variableOf(node: Node, table: Table, rows: readonly number[]): FormulaVariable {
  const name = textOf(node);
  const args = argumentsOf(node);
  if (args === undefined) {
    if (node.type === 'name' && columnOf(table, node.name, WHO).kind === 'text') {
      expectTexts(node, table, rows);
      return { name, coding: factorCoding(name, node, table, rows) };
    }
    numbersOf(node, table, rows);
    return { name, coding: { type: 'number' } };
  }
  const inner = args.get('x')!;
  const call = (node as Node & { type: 'call' }).of;
  if (call === 'factor') return { name, coding: factorCoding(name, inner, table, rows) };
  const values = numbersOf(inner, table, rows);
  const whole = (argument: string, otherwise: number) =>
    expectInteger(WHO, `${argument} of ${name}`, literal(args.get(argument)) ?? otherwise, {
      min: 1,
      max: 100,
    });
  if (call === 'scale') {
    const centre = values.reduce((sum, x) => sum + x, 0) / values.length;
    const squares = values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
    expectSeveral(name, values, 2);
    return { name, coding: { type: 'scale', centre, scale: Math.sqrt(squares / (values.length - 1)) } };
  }
  if (call === 'poly') {
    const degree = whole('degree', 1);
    const raw = args.get('raw');
    if (raw !== undefined && !['TRUE', 'FALSE', 'T', 'F'].includes(textOf(raw))) {
      throw new MoeError(WHO, `raw of ${name} must be TRUE or FALSE`, textOf(raw));
    }
    if (raw !== undefined && textOf(raw).startsWith('T')) {
      return { name, coding: { type: 'poly', alpha: [], norm2: [], degree } };
    }
    expectSeveral(name, values, degree + 1);
    return { name, coding: orthogonalPolynomials(values, degree) };
  }
  const type = call as 'bs' | 'ns';
  const degree = type === 'ns' ? 3 : whole('degree', 3);
  expectSeveral(name, values, 2);
  const boundary = [Math.min(...extremes(values)), Math.max(...extremes(values))] as const;
  const given = args.get('knots');
  const least = type === 'ns' ? 1 : degree;
  const inside = whole('df', least) - least;
  if (given === undefined && inside < 0) {
    throw new MoeError(WHO, `df of ${name} must be at least ${least}`, literal(args.get('df')));
  }
  const knots = given
    ? knotsOf(name, given, boundary)
    : Array.from({ length: inside }, (_, i) => quantile(values, (i + 1) / (inside + 1)));
  return { name, coding: { type, degree, knots, boundary, intercept: false } };
}

/** Least and largest value, of any number of values. */
function extremes(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Infinity, -Infinity],
  );
}

function literal(node: Node | undefined): number | string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'unary' && node.sign === '-' && node.of.type === 'number') return -node.of.value;
  return node.type === 'number' ? node.value : textOf(node);
}

function knotsOf(name: string, node: Node, [low, high]: readonly [number, number]): number[] {
  const nodes = node.type === 'call' && node.of === 'c' ? node.args.map(({ value }) => value) : [node];
  const knots = nodes.map(literal);
  const isInside = (knot: unknown) => typeof knot === 'number' && knot > low && knot < high;
  if (knots.every(isInside)) return (knots as number[]).sort((a, b) => a - b);
  throw new MoeError(WHO, `knots of ${name} must be numbers between ${low} and ${high}`, textOf(node));
}

function expectSeveral(name: string, values: readonly number[], least: number): void {
  const different = new Set(values).size;
  if (different < least)
    throw new MoeError(WHO, `${name} needs at least ${least} different values`, different);
}

function factorCoding(name: string, node: Node, table: Table, rows: readonly number[]): FactorCoding {
  const values = levelValues(node, table, rows);
  const levels = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1)).map(String);
  if (levels.length < 2) throw new MoeError(WHO, `factor ${name} must have at least two values`, levels[0]);
  return { type: 'factor', levels };
}

/** Refuses a column of text of which most are numbers: a slip of the pen would make a level of each. */
function expectTexts(node: Node & { type: 'name' }, table: Table, rows: readonly number[]): void {
  const column = columnOf(table, node.name, WHO);
  const written = rows.filter((row) => !isMissing(column, row));
  const isNumber = (row: number, decimal: '.' | ',') =>
    numberOf(`${column.values[row]}`, decimal) !== undefined;
  const isMostly = (decimal: '.' | ',') =>
    2 * written.filter((row) => isNumber(row, decimal)).length > written.length;
  if (!isMostly('.') && !isMostly(',')) return;
  const row = written.find((each) => !isNumber(each, '.'));
  if (row === undefined) return;
  const rule = `row ${row + 1} of column "${node.name}" must be a number, as most are; factor(${textOf(node)}) takes them as categories`;
  throw new MoeError(WHO, rule, column.values[row]);
}

function levelValues(node: Node, table: Table, rows: readonly number[]): (string | number)[] {
  if (node.type !== 'name') return numbersOf(node, table, rows);
  const column = columnOf(table, node.name, WHO);
  return rows.map((row) => {
    if (!isMissing(column, row)) return column.values[row]!;
    throw new MoeError(
      WHO,
      `row ${row + 1} of column "${node.name}" must not be missing`,
      column.values[row],
    );
  });
}

/** Names of the columns of a variable in a term, of all levels of a factor where `full`. */
export function namesOf({ name, coding }: FormulaVariable, full: boolean): string[] {
  switch (coding.type) {
    case 'factor':
      return coding.levels.slice(full ? 0 : 1).map((level) => `${name}${level}`);
    case 'poly':
      return numbered(name, coding.degree);
    case 'bs':
    case 'ns':
      return numbered(name, coding.knots.length + (coding.type === 'ns' ? 1 : coding.degree));
    default:
      return [name];
  }
}

const numbered = (name: string, count: number): string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}${i + 1}`);

/** The columns of a variable in some rows: for each row a list as long as its names. */
export function valuesOf(
  { name, coding }: FormulaVariable,
  full: boolean,
  table: Table,
  rows: readonly number[],
): number[][] {
  const inner = innerOf(parseExpression(name));
  if (coding.type === 'factor') {
    const places = new Map(coding.levels.map((level, place) => [level, place]));
    return levelValues(inner, table, rows).map((value, i) => {
      const place = places.get(String(value));
      if (place !== undefined) return coding.levels.map((_, l) => (l === place ? 1 : 0)).slice(full ? 0 : 1);
      const rule = `row ${rows[i]! + 1} of ${name} must be one of its levels (${someOf(coding.levels)})`;
      throw new MoeError(WHO, rule, value);
    });
  }
  const values = numbersOf(inner, table, rows);
  switch (coding.type) {
    case 'number':
      return values.map((x) => [x]);
    case 'scale':
      return values.map((x) => [(x - coding.centre) / coding.scale]);
    case 'poly':
      return values.map((x) => polynomialsAt(coding, x));
    default:
      return values.map((x) => splinesAt(coding, x));
  }
}

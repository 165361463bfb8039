import { MoeError } from '@tfjs-moe/core';
import { columnsByName, isMissing, type Table } from '../table/table.ts';
import { type Node, textOf } from './expression.ts';
import { WHO } from './parse.ts';

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  I: (x) => x,
  offset: (x) => x,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  exp: Math.exp,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  floor: Math.floor,
  ceiling: Math.ceil,
};

const SIGNS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

/** Names of the columns that an expression reads. */
export function columnsIn(node: Node): string[] {
  switch (node.type) {
    case 'name':
      return [node.name];
    case 'call':
      return node.args.flatMap(({ value }) => columnsIn(value));
    case 'binary':
      return [...columnsIn(node.left), ...columnsIn(node.right)];
    case 'unary':
    case 'brackets':
      return columnsIn(node.of);
    default:
      return [];
  }
}

/**
 * An expression of numbers in each of some rows of a table.
 *
 * @throws MoeError that names row and column, where a text stands or nothing, or where the result is no finite number
 */
export function numbersOf(node: Node, table: Table, rows: readonly number[]): number[] {
  const columnNamed = columnsByName(table, WHO);

  function compile(of: Node): (row: number) => number {
    switch (of.type) {
      case 'number':
        return () => of.value;
      case 'brackets':
        return compile(of.of);
      case 'unary': {
        const inner = compile(of.of);
        return of.sign === '-' ? (row) => -inner(row) : inner;
      }
      case 'binary': {
        const sign = SIGNS[of.sign];
        if (sign === undefined)
          throw new MoeError(WHO, `"${of.sign}" has no meaning among numbers`, textOf(of));
        const [left, right] = [compile(of.left), compile(of.right)];
        return (row) => sign(left(row), right(row));
      }
      case 'name': {
        const column = columnNamed(of.name);
        return (row) => {
          const value = column.values[row];
          if (typeof value === 'number' && !Number.isNaN(value)) return value;
          if (isMissing(column, row))
            throw new MoeError(WHO, `row ${row + 1} of column "${of.name}" must not be missing`);
          throw new MoeError(WHO, `row ${row + 1} of column "${of.name}" must be a number`, value);
        };
      }
      case 'call': {
        const [argument, ...more] = of.args;
        const apply = Object.hasOwn(FUNCTIONS, of.of) ? FUNCTIONS[of.of] : undefined;
        if (apply === undefined) {
          const known = `factor, poly, bs, ns, scale, ${Object.keys(FUNCTIONS).join(', ')}`;
          throw new MoeError(WHO, `a function must be one of ${known}`, of.of);
        }
        if (argument === undefined || argument.name !== undefined || more.length > 0) {
          throw new MoeError(WHO, `${of.of}() takes one argument`, textOf(of));
        }
        const inner = compile(argument.value);
        return (row) => apply(inner(row));
      }
      case 'text':
        throw new MoeError(WHO, 'there must be a number in place of a text', of.value);
    }
  }

  const at = compile(node);
  return rows.map((row) => {
    const value = at(row);
    if (Number.isFinite(value)) return value;
    throw new MoeError(WHO, `${textOf(node)} must be a finite number in row ${row + 1}`, value);
  });
}

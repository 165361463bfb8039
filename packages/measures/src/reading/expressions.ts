import { MoeError } from '@tfjs-moe/core';
import type { Expression, Extent, Operation } from './expression.ts';

/** Where expressions are made: every one once, so that equal ones are identical. */
export interface Expressions {
  /** The number 1. */
  readonly one: Expression;
  /** The number 0: a sum of nothing. */
  readonly zero: Expression;
  /** As it is, without any rule; the rules are in `sums.ts`, `products.ts`, `totals.ts`, `elementary.ts` and `shares.ts`. */
  make(operation: Operation, inside: readonly Expression[], details?: Details): Expression;
}

/** Numbers, name and extent; by default none, and the extent of the arguments broadcast. */
export type Details = Partial<Pick<Expression, 'numbers' | 'name' | 'isPositive'> & Extent>;

export function expressions(): Expressions {
  const known = new Map<string, Expression>();
  function make(operation: Operation, inside: readonly Expression[], details: Details = {}): Expression {
    const { numbers = [], name = '', isPositive = false } = details;
    const common = (axis: keyof Extent) => details[axis] ?? broadcast(inside, axis);
    const [rows, features, experts] = [common('rows'), common('features'), common('experts')];
    const ids = inside.map(({ id }) => id).join();
    const key = `${operation}|${name}|${ids}|${numbers.join()}|${rows},${features},${experts}`;
    const found = known.get(key);
    if (found) return found;
    const made: Expression = Object.freeze({
      id: known.size,
      operation,
      inside,
      numbers,
      name,
      rows,
      features,
      experts,
      isPositive,
    });
    known.set(key, made);
    return made;
  }
  return { one: make('constant', [], { numbers: [1] }), zero: make('sum', []), make };
}

function broadcast(inside: readonly Expression[], axis: keyof Extent): number {
  return inside.reduce((length, { [axis]: own }) => {
    if (own === length || own === 1) return length;
    if (length === 1) return own;
    throw new MoeError('reading', `two values differ in their ${axis}: ${length} and ${own}`);
  }, 1);
}

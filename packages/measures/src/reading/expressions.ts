import { MoeError } from '@tfjs-moe/core';
import type { Details, Expression, Expressions, Extent, Operation } from './expression.ts';
import { share } from './shares.ts';

/** An empty place where expressions are made. */
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
  const of: Expressions = {
    one: make('constant', [], { numbers: [1] }),
    zero: make('sum', []),
    make,
    share: (groups, a) => share(of, groups, a),
  };
  return of;
}

function broadcast(inside: readonly Expression[], axis: keyof Extent): number {
  return inside.reduce((length, { [axis]: own }) => {
    if (own === length || own === 1) return length;
    if (length === 1) return own;
    throw new MoeError('reading', `two values differ in their ${axis}: ${length} and ${own}`);
  }, 1);
}

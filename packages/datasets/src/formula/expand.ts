import { MoeError } from '@tfjs-moe/core';
import { type Node, textOf } from './expression.ts';
import { WHO } from './parse.ts';

/** A side of a formula multiplied out. */
export interface Expanded {
  readonly intercept: boolean;
  /** In the order in which they are first named. */
  readonly variables: readonly Node[];
  readonly offsets: readonly Node[];
  /** Places of the variables of each term, main effects first. */
  readonly terms: readonly (readonly number[])[];
}

/** A term by its variables in order, `0,2`. */
type Term = string;

const isOffset = (node: Node) => node.type === 'call' && node.of === 'offset';

/**
 * Multiplies a side of a formula out into terms, as R's `terms` does: `a * b` is `a + b + a:b`, `a / b` is `a + a:b`,
 * `(a + b)^2` has no squares, and terms come by their number of variables.
 */
export function expandTerms(side: Node): Expanded {
  const variables: Node[] = [];
  const offsets: Node[] = [];
  const places = new Map<string, number>();
  let intercept = true;
  let isAdded = true;

  function termOfVariable(node: Node): Term[] {
    const text = textOf(node);
    const place = places.get(text) ?? places.size;
    if (place === places.size) {
      places.set(text, place);
      variables.push(node);
    }
    return [`${place}`];
  }

  function encode(node: Node): Term[] {
    switch (node.type) {
      case 'brackets':
        return encode(node.of);
      case 'unary':
        return node.sign === '+' ? encode(node.of) : without([], node.of);
      case 'number':
        if (node.value !== 0 && node.value !== 1) {
          throw new MoeError(
            WHO,
            'a number among the terms must be 0 or 1; arithmetic stands in I()',
            node.value,
          );
        }
        intercept = (node.value === 1) === isAdded;
        return [];
      case 'binary':
        return combine(node);
      case 'text':
        throw new MoeError(WHO, 'a term must be a name or a call', node.value);
      default:
        if (node.type === 'name' && node.name === '.') {
          throw new MoeError(WHO, 'terms must be named one by one; "." for all columns is not read', '.');
        }
        if (!isOffset(node)) return termOfVariable(node);
        if (!isAdded) throw new MoeError(WHO, 'an offset cannot be taken away', textOf(node));
        offsets.push(node);
        return [];
    }
  }

  function combine(node: Node & { type: 'binary' }): Term[] {
    const left = encode(node.left);
    switch (node.sign) {
      case '+':
        return distinct([...left, ...encode(node.right)]);
      case '-':
        return without(left, node.right);
      case ':':
        return crossed(left, encode(node.right));
      case '*': {
        const right = encode(node.right);
        return distinct([...left, ...right, ...crossed(left, right)]);
      }
      case '/': {
        const right = encode(node.right);
        const all = left.reduce((joined, term) => join(joined, term), '');
        return distinct([...left, ...right.map((term) => join(all, term))]);
      }
      case '^': {
        const { right } = node;
        if (right.type !== 'number' || !Number.isInteger(right.value) || right.value < 1) {
          throw new MoeError(WHO, 'the power of terms must be a whole number of at least 1', textOf(right));
        }
        let power = left;
        for (let i = 1; i < right.value && i < 10; i++) power = distinct([...power, ...crossed(power, left)]);
        return power;
      }
    }
  }

  function without(left: readonly Term[], right: Node): Term[] {
    isAdded = !isAdded;
    const gone = new Set(encode(right));
    isAdded = !isAdded;
    return left.filter((term) => !gone.has(term));
  }

  const found = encode(side).map((term) => term.split(',').map(Number));
  return { intercept, variables, offsets, terms: found.sort((a, b) => a.length - b.length) };
}

const distinct = (terms: readonly Term[]): Term[] => [...new Set(terms)];

const crossed = (left: readonly Term[], right: readonly Term[]): Term[] =>
  distinct(left.flatMap((a) => right.map((b) => join(a, b))));

function join(a: Term, b: Term): Term {
  const places = [...a.split(','), ...b.split(',')].filter((place) => place !== '').map(Number);
  return [...new Set(places)].sort((u, v) => u - v).join(',');
}

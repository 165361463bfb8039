import { type Activation, activations, expectOneOf } from '@tfjs-moe/core';
import { type Expression, type Expressions, termsOf } from './expression.ts';
import { type Factor, product } from './products.ts';
import { boundsOf, constantOf, isPositive } from './properties.ts';
import { scaled, sum } from './sums.ts';

/** $e^a$, with $e^{\log s} = s$ and $e^{-\mathrm{softplus}(-z)} = \sigma(z)$ wherever they are among the terms. */
export function exp(of: Expressions, a: Expression): Expression {
  if (a === of.zero) return of.one;
  const factors: Factor[] = [];
  const rest = termsOf(a).filter(({ term, coefficient }) => {
    if (!Number.isInteger(coefficient)) return true;
    if (term.operation === 'log') {
      factors.push({ factor: term.inside[0]!, exponent: coefficient });
      return false;
    }
    if (term.operation !== 'activation' || term.name !== 'softplus') return true;
    factors.push({
      factor: activation(of, 'sigmoid', scaled(of, term.inside[0]!, -1)),
      exponent: -coefficient,
    });
    return false;
  });
  if (factors.length === 0) return of.make('exp', [a]);
  const left = sum(of, rest);
  return product(of, [
    ...factors,
    { factor: left === of.zero ? of.one : of.make('exp', [left]), exponent: 1 },
  ]);
}

export function log(of: Expressions, a: Expression): Expression {
  if (a === of.one) return of.zero;
  return a.operation === 'exp' ? a.inside[0]! : of.make('log', [a]);
}

export function sqrt(of: Expressions, a: Expression): Expression {
  return a === of.zero || a === of.one ? a : of.make('sqrt', [a]);
}

export function activation(of: Expressions, name: Activation, a: Expression): Expression {
  expectOneOf('Ops', 'activation', name, activations);
  return name === 'identity' ? a : of.make('activation', [a], { name });
}

/** 1 where a > b, decided where the bounds of both decide it. */
export function greater(of: Expressions, a: Expression, b: Expression): Expression {
  const [low, high] = boundsOf(a);
  const [lowest, highest] = boundsOf(b);
  if (low > highest) return of.one;
  if (high <= lowest) return of.zero;
  const limit = constantOf(b);
  return limit !== undefined && limit <= 0 && isPositive(a) ? of.one : of.make('greater', [a, b]);
}

import type { Runs } from '@tfjs-moe/core';
import { exp, log } from './elementary.ts';
import { type Expression, type Expressions, factorsOf, termsOf } from './expression.ts';
import { type Factor, product } from './products.ts';
import { isCommon, isMask, isPositive } from './properties.ts';
import { scaled, sum } from './sums.ts';

/** What is added to the logits of experts that are not selected, from where on their exponentials vanish. */
const OUTSIDE = 1e6;

/** $e^{z_e} / \sum_j e^{z_j}$ within each of some groups of experts. */
export function softmax(of: Expressions, groups: Runs, logits: Expression): Expression {
  return share(of, groups, exp(of, logits));
}

export function logSumExp(of: Expressions, groups: Runs, logits: Expression): Expression {
  return log(of, sumExperts(of, groups, exp(of, logits)));
}

/** $a_e / \sum_j a_j$, without what all experts of a group have in common. */
export function share(of: Expressions, groups: Runs, a: Expression): Expression {
  const [only] = termsOf(a);
  if (only !== undefined && termsOf(a).length === 1 && only.coefficient !== 1)
    return share(of, groups, only.term);
  const factors = factorsOf(a).flatMap(({ factor, exponent }): Factor[] => {
    if (isCommon(factor, groups)) return [];
    if (factor.operation === 'exp' && exponent === 1) return ownExponential(of, groups, factor.inside[0]!);
    const isShare = factor.operation === 'share' && factor.name === `${groups}`;
    return isShare ? [{ factor: factor.inside[0]!, exponent }] : [{ factor, exponent }];
  });
  const own = product(of, factors);
  if (own !== a) return share(of, groups, own);
  return of.make('share', [a], { name: `${groups}` });
}

/** $e^z$ without what is common, and with a mask in place of a number that keeps some experts out. */
function ownExponential(of: Expressions, groups: Runs, logits: Expression): Factor[] {
  const own = termsOf(ownPart(of, groups, logits));
  const outside = own.filter(({ term, coefficient }) => coefficient >= OUTSIDE && isMask(term));
  const [first] = outside;
  const mask = sum(
    of,
    outside.map(({ term }) => ({ term, coefficient: 1 })),
  );
  if (
    first === undefined ||
    !isMask(mask) ||
    outside.some(({ coefficient }) => coefficient !== first.coefficient)
  )
    return [{ factor: exp(of, sum(of, own)), exponent: 1 }];
  const rest = own.filter((term) => !outside.includes(term));
  return [
    { factor: exp(of, sum(of, rest)), exponent: 1 },
    { factor: mask, exponent: 1 },
  ];
}

/** A sum without its common terms, also where common factors stand before it, as $1/\tau$ does. */
function ownPart(of: Expressions, groups: Runs, logits: Expression): Expression {
  return sum(
    of,
    termsOf(logits).flatMap(({ term, coefficient }) => {
      if (isCommon(term, groups)) return [];
      const own = factorsOf(term).filter(({ factor }) => !isCommon(factor, groups));
      const [only, ...others] = own;
      if (others.length > 0 || only!.exponent !== 1 || only!.factor.operation !== 'sum')
        return [{ term, coefficient }];
      const rest = product(of, [
        ...factorsOf(term).filter((factor) => factor.factor !== only!.factor),
        { factor: ownPart(of, groups, only!.factor), exponent: 1 },
      ]);
      return [{ term: rest, coefficient }];
    }),
  );
}

/** $\sum_j a_j$ */
export function sumExperts(of: Expressions, groups: Runs, a: Expression): Expression {
  const terms = termsOf(a);
  if (terms.length === 0) return a;
  const [only] = terms;
  if (terms.length === 1 && only!.coefficient !== 1)
    return scaled(of, sumExperts(of, groups, only!.term), only!.coefficient);
  if ((a.operation === 'share' || a.operation === 'rank') && a.name === `${groups}`) return of.one;
  const factors = factorsOf(a);
  const common = factors.filter(({ factor }) => isCommon(factor, groups));
  const own = factors.filter(({ factor }) => !isCommon(factor, groups));
  const made = (inside: Expression) => of.make('sumExperts', [inside], { name: `${groups}` });
  if (common.length === 0 || own.length === 0) return made(a);
  return product(of, [...common, { factor: sumExperts(of, groups, product(of, own)), exponent: 1 }]);
}

/** 1 for the expert with the largest score but i, else 0. Only the order of the scores counts. */
export function rank(of: Expressions, groups: Runs, scores: Expression, i: number): Expression {
  return of.make('rank', [ordering(of, groups, scores)], { name: `${groups}`, numbers: [i] });
}

const increasing = ['tanh', 'sigmoid', 'softplus'];

/** A simpler expression that orders the experts of a group as a given one does. */
export function ordering(of: Expressions, groups: Runs, scores: Expression): Expression {
  const next = simplerOrder(of, groups, scores);
  return next === scores ? scores : ordering(of, groups, next);
}

function simplerOrder(of: Expressions, groups: Runs, scores: Expression): Expression {
  const { operation, inside, name } = scores;
  if (operation === 'exp' || operation === 'log' || operation === 'sqrt') return inside[0]!;
  if (operation === 'activation' && increasing.includes(name)) return inside[0]!;
  if (operation === 'share' && name === `${groups}` && isPositive(inside[0]!)) return inside[0]!;
  if (operation === 'product') {
    const own = factorsOf(scores).filter(({ factor }) => !(isCommon(factor, groups) && isPositive(factor)));
    if (own.length < inside.length) return product(of, own);
  }
  const own = ownPart(of, groups, scores);
  if (own !== scores) return own;
  const [only, ...others] = termsOf(scores);
  return only !== undefined && others.length === 0 && only.coefficient > 0 ? only.term : scores;
}

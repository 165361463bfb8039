import { type Expression, type Expressions, factorsOf, termsOf } from './expression.ts';
import { product, times } from './products.ts';
import { exactTimes, scaled, sum, type Term } from './sums.ts';

/** $\sum_f a_f b_f$, opened over the terms of both: $\lVert x - c\rVert^2 = x \cdot x - 2\,x \cdot c + c \cdot c$. */
export function dot(of: Expressions, a: Expression, b: Expression): Expression {
  const features = Math.max(a.features, b.features);
  const terms = termsOf(a).flatMap((left) =>
    termsOf(b).flatMap((right): Term[] => {
      const both = termsOf(times(of, left.term, right.term));
      return both.map(({ term, coefficient }) =>
        multiple(of, [left.coefficient, right.coefficient, coefficient], totalOf(of, term, features)),
      );
    }),
  );
  return sum(of, terms);
}

/** Factors that are numbers, multiplied as far as that is exact. */
function multiple(of: Expressions, coefficients: readonly number[], term: Expression): Term {
  let made = term;
  let coefficient = 1;
  for (const factor of coefficients) {
    const next = exactTimes(coefficient, factor);
    if (next === undefined) made = scaled(of, made, factor);
    else coefficient = next;
  }
  return { term: made, coefficient };
}

/** The total over the features of one term, from which factors with one feature are taken out. */
function totalOf(of: Expressions, term: Expression, features: number): Expression {
  const { outside, inside } = features === 1 ? { outside: of.one, inside: term } : split(of, term);
  return times(of, outside, of.make('total', [inside], { features: 1, numbers: [features] }));
}

function split(
  of: Expressions,
  term: Expression,
): { readonly outside: Expression; readonly inside: Expression } {
  const factors = factorsOf(term);
  const isSingle = (factor: Expression) => factor.features === 1 && factor.rows === 1;
  return {
    outside: product(
      of,
      factors.filter(({ factor }) => isSingle(factor)),
    ),
    inside: product(
      of,
      factors.filter(({ factor }) => !isSingle(factor)),
    ),
  };
}

/** $v W$, opened over the terms of v. */
export function matmul(of: Expressions, value: Expression, kernel: Expression): Expression {
  return sum(
    of,
    termsOf(value).map(({ term, coefficient }) => {
      const { outside, inside } = kernel.rows === 1 ? { outside: of.one, inside: term } : split(of, term);
      const made = of.make('matmul', [inside, kernel], {
        rows: 1,
        features: kernel.features,
        experts: Math.max(inside.experts, kernel.experts),
      });
      return { term: times(of, outside, made), coefficient };
    }),
  );
}

/** Features of a value; of features that were taken, those that these were. */
export function take(of: Expressions, value: Expression, features: readonly number[]): Expression {
  if (value.operation === 'take')
    return take(
      of,
      value.inside[0]!,
      features.map((feature) => value.numbers[feature]!),
    );
  return of.make('take', [value], { features: features.length, numbers: features });
}

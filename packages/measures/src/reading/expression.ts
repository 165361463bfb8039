import type { Runs } from '@tfjs-moe/core';

/** The name of constants that keep floating point finite and are no part of a model. */
export const GUARD = 'guard';

/** What is done to its arguments, `softmax` and the like with the groups of experts that they stay in. */
export type Operation =
  | 'constant'
  | 'input'
  | 'parameter'
  /** $\sum_i c_i a_i$, with the c in `numbers`. */
  | 'sum'
  /** $\prod_i a_i^{n_i}$, element by element, with the whole numbers n in `numbers`. */
  | 'product'
  /** $\sum_f a_f$ over the features: `dot` is the total of a product. */
  | 'total'
  /** A value times a kernel. */
  | 'matmul'
  /** Features of a value, their indices in `numbers`. */
  | 'take'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'normalCdf'
  | 'activation'
  | 'greater'
  | 'stop'
  /** $a_e / \sum_j a_j$ over the experts: a softmax is the share of exponentials. */
  | 'share'
  | 'sumExperts'
  /** 1 for the expert with the i-th largest number, i in `numbers`. */
  | 'rank'
  | 'spread'
  /** What no rule knows. */
  | 'other';

/**
 * A value of a definition as text: an operation with its arguments, down to the input, parameters and constants.
 *
 * Expressions are in normal form and made once, so two of one `Expressions` are the same function if they are the same
 * object. The converse need not hold.
 */
export interface Expression {
  /** In the order of making. */
  readonly id: number;
  readonly operation: Operation;
  readonly inside: readonly Expression[];
  /** Coefficients, exponents, the value of a constant, or the place of a rank. */
  readonly numbers: readonly number[];
  /** Of a parameter or an activation; of operations over experts the number or the sizes of groups; `GUARD` of a constant that is one. */
  readonly name: string;
  readonly rows: number;
  readonly features: number;
  /** How many experts it tells apart; 1 where all have the same. */
  readonly experts: number;
  /** Of a parameter: whether its constraint keeps it above 0. */
  readonly isPositive: boolean;
}

/** The shape of an expression. */
export type Extent = Pick<Expression, 'rows' | 'features' | 'experts'>;

/** Numbers, name and extent; by default none, and the extent of the arguments broadcast. */
export type Details = Partial<Pick<Expression, 'numbers' | 'name' | 'isPositive'> & Extent>;

/** Where expressions are made: every one once, so that equal ones are identical. */
export interface Expressions {
  /** The number 1. */
  readonly one: Expression;
  /** The number 0: a sum of nothing. */
  readonly zero: Expression;
  /** As it is, without any rule; the rules are in `sums.ts`, `products.ts`, `totals.ts`, `elementary.ts` and `shares.ts`. */
  make(operation: Operation, inside: readonly Expression[], details?: Details): Expression;
  /** $a_e / \\sum_j a_j$ within each of some groups of experts, in normal form: products are made of shares, and shares of products. */
  share(groups: Runs, a: Expression): Expression;
}

/** Every expression within one, each once, those inside first. */
export function within(expression: Expression): Expression[] {
  const seen = new Set<Expression>();
  const visit = (of: Expression) => {
    if (seen.has(of)) return;
    of.inside.forEach(visit);
    seen.add(of);
  };
  visit(expression);
  return [...seen];
}

/** Names of the parameters within an expression, in the order of their making. */
export function parametersIn(expression: Expression): string[] {
  return within(expression)
    .filter(({ operation }) => operation === 'parameter')
    .sort((a, b) => a.id - b.id)
    .map(({ name }) => name);
}

/** Whether an expression depends on the input. */
export function dependsOnInput(expression: Expression): boolean {
  return within(expression).some(({ operation }) => operation === 'input');
}

/** The terms of a sum with their coefficients; any other expression is a sum of itself. */
export function termsOf(
  expression: Expression,
): { readonly term: Expression; readonly coefficient: number }[] {
  if (expression.operation !== 'sum') return [{ term: expression, coefficient: 1 }];
  return expression.inside.map((term, i) => ({ term, coefficient: expression.numbers[i]! }));
}

/** The factors of a product with their exponents; any other expression is a product of itself. */
export function factorsOf(
  expression: Expression,
): { readonly factor: Expression; readonly exponent: number }[] {
  if (expression.operation !== 'product') return [{ factor: expression, exponent: 1 }];
  return expression.inside.map((factor, i) => ({ factor, exponent: expression.numbers[i]! }));
}

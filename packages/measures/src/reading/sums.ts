import { exactProduct, exactSum } from '@tfjs-moe/numerics/precise';
import { type Expression, type Expressions, termsOf } from './expression.ts';

/** A term of a sum with its coefficient. */
export interface Term {
  readonly term: Expression;
  readonly coefficient: number;
}

/** A number. */
export function constant(of: Expressions, value: number): Expression {
  return value === 1 ? of.one : sum(of, [{ term: of.one, coefficient: value }]);
}

/** A multiple; where the product of two coefficients is not exact, the number stays a factor of its own. */
export function scaled(of: Expressions, expression: Expression, coefficient: number): Expression {
  return sum(of, [{ term: expression, coefficient }]);
}

/** $\sum_i c_i a_i$: sums within are opened, equal terms collected, and all in the order of their making. */
export function sum(of: Expressions, terms: readonly Term[]): Expression {
  const collected = new Map<Expression, number[]>();
  const add = (term: Expression, coefficient: number) => {
    const own = collected.get(term) ?? [0];
    const last = own.at(-1)!;
    const total = exactSum(last, coefficient);
    collected.set(term, total.low === 0 ? [...own.slice(0, -1), total.high] : [...own, coefficient]);
  };
  for (const { term, coefficient } of terms) {
    for (const inner of termsOf(term)) {
      const product = exactTimes(inner.coefficient, coefficient);
      if (product !== undefined) add(inner.term, product);
      else add(opaqueMultiple(of, inner.term, coefficient), inner.coefficient);
    }
  }
  const left = [...collected]
    .flatMap(([term, coefficients]) => coefficients.map((coefficient) => ({ term, coefficient })))
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((a, b) => a.term.id - b.term.id || a.coefficient - b.coefficient);
  const known = withoutWholeSelections(of, left);
  const [only] = known;
  if (known.length === 1 && only!.coefficient === 1) return only!.term;
  return of.make(
    'sum',
    known.map(({ term }) => term),
    { numbers: known.map(({ coefficient }) => coefficient) },
  );
}

/** The product of two numbers where float64 holds it. */
export function exactTimes(a: number, b: number): number | undefined {
  const { high, low } = exactProduct(a, b);
  return low === 0 && Number.isFinite(high) ? high : undefined;
}

/** A number that is a factor as it stands. */
export function opaque(of: Expressions, value: number): Expression {
  return of.make('constant', [], { numbers: [value] });
}

function opaqueMultiple(of: Expressions, term: Expression, value: number): Expression {
  const [a, b] = [term, opaque(of, value)].sort((x, y) => x.id - y.id) as [Expression, Expression];
  return of.make('product', [a, b], { numbers: [1, 1] });
}

/** Where every expert is selected, first to last, the selection is 1. */
function withoutWholeSelections(of: Expressions, terms: readonly Term[]): readonly Term[] {
  for (const { term, coefficient } of terms) {
    if (term.operation !== 'rank') continue;
    const own = terms.filter(
      (other) =>
        other.term.operation === 'rank' &&
        other.term.inside[0] === term.inside[0] &&
        other.term.name === term.name &&
        other.coefficient === coefficient,
    );
    const isWhole = own.every((other) => other.term.numbers[0]! < own.length);
    if (!isWhole || term.experts === 1 || own.length * Number(term.name) !== term.experts) continue;
    const rest = terms.filter((other) => !own.includes(other));
    return termsOf(sum(of, [...rest, { term: of.one, coefficient }]));
  }
  return terms;
}

import { type Expression, type Expressions, factorsOf, termsOf } from './expression.ts';
import { isGuard, isMask } from './properties.ts';
import { runsNamed } from './runs.ts';
import { exactTimes, opaque, scaled, sum } from './sums.ts';

/** A factor of a product with its exponent, a whole number. */
export interface Factor {
  readonly factor: Expression;
  readonly exponent: number;
}

/** Factors with their exponents. */
type Powers = Map<Expression, number>;

/** $a b$ */
export function times(of: Expressions, a: Expression, b: Expression): Expression {
  return product(of, [
    { factor: a, exponent: 1 },
    { factor: b, exponent: 1 },
  ]);
}

/**
 * $\prod_i a_i^{n_i}$, element by element: products within are opened, equal factors collected, numbers taken out, and the
 * patterns rewritten that have a shorter name.
 */
export function product(of: Expressions, factors: readonly Factor[]): Expression {
  const powers: Powers = new Map();
  let coefficient = 1;
  const raise = (factor: Expression, exponent: number) => {
    const total = (powers.get(factor) ?? 0) + exponent;
    if (total === 0) powers.delete(factor);
    else powers.set(factor, isMask(factor) && total > 1 ? 1 : total);
  };
  const multiply = (value: number, exponent: number) => {
    const power = exactPower(value, exponent);
    const next = power === undefined ? undefined : exactTimes(coefficient, power);
    if (next === undefined) raise(opaque(of, value), exponent);
    else coefficient = next;
  };
  for (const { factor, exponent } of factors) {
    for (const inner of factorsOf(factor)) {
      const terms = termsOf(inner.factor);
      if (terms.length === 0 && exponent > 0) return of.zero;
      const n = inner.exponent * exponent;
      if (terms.length === 1) {
        const [{ term, coefficient: own }] = terms as [{ term: Expression; coefficient: number }];
        multiply(own, n);
        for (const part of factorsOf(term)) raise(part.factor, part.exponent * n);
      } else if (terms.length > 1 && terms[0]!.coefficient < 0) {
        multiply(-1, n);
        raise(scaled(of, inner.factor, -1), n);
      } else raise(inner.factor, n);
    }
  }
  powers.delete(of.one);
  rewrite(of, powers);
  return scaled(of, made(of, powers), coefficient);
}

function exactPower(value: number, exponent: number): number | undefined {
  let power: number | undefined = 1;
  for (let n = Math.abs(exponent); n > 0 && power !== undefined; n--) power = exactTimes(power, value);
  if (power === undefined || exponent > 0) return power;
  const inverse = 1 / power;
  return exactTimes(inverse, power) === 1 ? inverse : undefined;
}

function made(of: Expressions, powers: Powers): Expression {
  const sorted = [...powers].filter(([, n]) => n !== 0).sort(([a], [b]) => a.id - b.id);
  if (sorted.length === 0) return of.one;
  if (sorted.length === 1 && sorted[0]![1] === 1) return sorted[0]![0];
  return of.make(
    'product',
    sorted.map(([factor]) => factor),
    { numbers: sorted.map(([, exponent]) => exponent) },
  );
}

function rewrite(of: Expressions, powers: Powers): void {
  squareRoots(powers);
  logistic(of, powers);
  shares(of, powers);
  masked(powers);
  exponentials(of, powers);
}

/** $\sqrt a^2 = a$ */
function squareRoots(powers: Powers): void {
  for (const [factor, exponent] of [...powers]) {
    if (factor.operation !== 'sqrt' || exponent % 2 !== 0) continue;
    powers.delete(factor);
    const terms = termsOf(factor.inside[0]!);
    if (terms.length === 1 && terms[0]!.coefficient === 1) {
      for (const part of factorsOf(terms[0]!.term))
        powers.set(part.factor, (powers.get(part.factor) ?? 0) + (part.exponent * exponent) / 2);
    } else powers.set(factor.inside[0]!, (powers.get(factor.inside[0]!) ?? 0) + exponent / 2);
  }
}

/** $1 / (1 + e^{-z}) = \sigma(z)$ and $z\,\sigma(z) = \mathrm{silu}(z)$ */
function logistic(of: Expressions, powers: Powers): void {
  for (const [factor, exponent] of [...powers]) {
    const terms = termsOf(factor);
    const rest = terms.filter(({ term }) => term !== of.one);
    const isOnePlusExp =
      terms.length === 2 &&
      terms.every(({ coefficient }) => coefficient === 1) &&
      rest.length === 1 &&
      rest[0]!.term.operation === 'exp';
    if (!isOnePlusExp || exponent >= 0) continue;
    const sigmoid = activated(of, 'sigmoid', scaled(of, rest[0]!.term.inside[0]!, -1));
    powers.delete(factor);
    powers.set(sigmoid, (powers.get(sigmoid) ?? 0) - exponent);
  }
  for (const [factor, exponent] of [...powers]) {
    if (factor.operation !== 'activation' || factor.name !== 'sigmoid' || exponent < 1) continue;
    const own = factorsOf(factor.inside[0]!);
    if (factor.inside[0]!.operation === 'sum' && own[0]!.factor !== factor.inside[0]) continue;
    if (!contains(powers, own)) continue;
    take(powers, own);
    lower(powers, factor, 1);
    const silu = activated(of, 'silu', factor.inside[0]!);
    powers.set(silu, (powers.get(silu) ?? 0) + 1);
  }
}

function activated(of: Expressions, name: string, a: Expression): Expression {
  return of.make('activation', [a], { name });
}

/** $a / \sum_j a_j$ is a share, also where a guard keeps the sum from being 0. */
function shares(of: Expressions, powers: Powers): void {
  for (const [factor, exponent] of [...powers]) {
    if (exponent >= 0) continue;
    const total = withoutGuard(factor);
    if (total?.operation !== 'sumExperts') continue;
    const own = factorsOf(total.inside[0]!);
    if (!contains(powers, own)) continue;
    take(powers, own);
    lower(powers, factor, -1);
    for (const part of factorsOf(of.share(runsNamed(total.name), total.inside[0]!)))
      powers.set(part.factor, (powers.get(part.factor) ?? 0) + part.exponent);
  }
}

function withoutGuard(factor: Expression): Expression | undefined {
  const terms = termsOf(factor).filter(({ term }) => !isGuard(term));
  return terms.length === 1 && terms[0]!.coefficient === 1 ? terms[0]!.term : undefined;
}

/** A share of masked numbers is masked already, and a place is among the places that contain it. */
function masked(powers: Powers): void {
  for (const factor of [...powers.keys()]) {
    if (factor.operation === 'share') {
      for (const inner of factorsOf(factor.inside[0]!)) if (isMask(inner.factor)) powers.delete(inner.factor);
    }
    if (factor.operation === 'rank') {
      for (const other of [...powers.keys()])
        if (other !== factor && isMask(other) && termsOf(other).some(({ term }) => term === factor))
          powers.delete(other);
    }
  }
}

/** $e^a e^b = e^{a + b}$ */
function exponentials(of: Expressions, powers: Powers): void {
  const own = [...powers].filter(([factor]) => factor.operation === 'exp');
  if (own.length === 0 || (own.length === 1 && own[0]![1] === 1)) return;
  for (const [factor] of own) powers.delete(factor);
  const exponent = sum(
    of,
    own.map(([factor, n]) => ({ term: factor.inside[0]!, coefficient: n })),
  );
  if (exponent !== of.zero) powers.set(of.make('exp', [exponent]), 1);
}

/** Whether a product has all of some factors, to the same side of the line at least as often. */
function contains(powers: ReadonlyMap<Expression, number>, factors: readonly Factor[]): boolean {
  return factors.every(({ factor, exponent }) => (powers.get(factor) ?? 0) / exponent >= 1);
}

function take(powers: Powers, factors: readonly Factor[]): void {
  for (const { factor, exponent } of factors) lower(powers, factor, exponent);
}

function lower(powers: Powers, factor: Expression, by: number): void {
  const left = (powers.get(factor) ?? 0) - by;
  if (left === 0) powers.delete(factor);
  else powers.set(factor, left);
}

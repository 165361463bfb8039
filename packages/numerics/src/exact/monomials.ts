import { addRational, mulRational, type Rational, rational } from './rational.ts';

/** A polynomial: coefficients by number of the monomial; number 0 is the constant 1. No coefficient is zero. */
export type Polynomial = ReadonlyMap<number, Rational>;

/** Exponents by symbol. */
type Exponents = ReadonlyMap<number, number>;

interface Rule {
  /** What a monomial must contain, the rule's own symbol included. */
  readonly pattern: Exponents;
  /** What the pattern is equal to. */
  readonly value: Polynomial;
}

/**
 * Monomials in a growing list of symbols, numbered, with rules that rewrite some of them.
 *
 * A rule belongs to a symbol s and says $s^n\,m = (\text{polynomial})$ for a monomial m: that is how $1/z$, $\sqrt z$
 * and a step know what they are. Every monomial has its normal form computed once.
 */
export class Monomials {
  private readonly numbers = new Map<string, number>();
  private readonly exponents: Exponents[] = [];
  private readonly normal = new Map<number, Polynomial>();
  private readonly products = new Map<number, number>();
  private readonly rules = new Map<number, Rule>();
  private symbols = 0;

  constructor() {
    this.numberOf(new Map());
  }

  /** A new symbol as a monomial. */
  symbol(): number {
    return this.numberOf(new Map([[this.symbols++, 1]]));
  }

  /** From now on, $s^n m$ is the polynomial; s must be new. */
  rewrite(symbol: number, power: number, monomial: number, value: Polynomial): void {
    const [own] = this.exponents[symbol]?.keys() ?? [];
    const pattern = new Map(this.exponents[monomial]);
    pattern.set(own!, power);
    this.rules.set(own!, { pattern, value });
  }

  /** Total degree: rules replace a monomial of a largest degree, so that rewriting ends. */
  degree(monomial: number): number {
    let sum = 0;
    for (const exponent of this.exponents[monomial]?.values() ?? []) sum += exponent;
    return sum;
  }

  /** A monomial without a symbol, which is one as a monomial too; nothing where it is no part of it. */
  without(monomial: number, symbol: number): number | undefined {
    const [own] = this.exponents[symbol]?.keys() ?? [];
    const all = this.exponents[monomial]!;
    if (own === undefined || !all.has(own)) return undefined;
    return this.numberOf(new Map([...all].filter(([other]) => other !== own)));
  }

  /** Adds a multiple of a product of two monomials, in normal form. */
  accumulate(into: Map<number, Rational>, a: number, b: number, factor: Rational): void {
    for (const [monomial, coefficient] of this.normalForm(this.product(a, b))) {
      addTerm(into, monomial, mulRational(factor, coefficient));
    }
  }

  private product(a: number, b: number): number {
    if (a === 0) return b;
    if (b === 0) return a;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.products.get(key);
    if (known !== undefined) return known;
    const sum = new Map(this.exponents[a]);
    for (const [symbol, exponent] of this.exponents[b]!) {
      sum.set(symbol, (sum.get(symbol) ?? 0) + exponent);
    }
    const number = this.numberOf(sum);
    this.products.set(key, number);
    return number;
  }

  private normalForm(monomial: number): Polynomial {
    const known = this.normal.get(monomial);
    if (known) return known;
    const form = this.rewritten(monomial) ?? new Map([[monomial, rational(1n)]]);
    this.normal.set(monomial, form);
    return form;
  }

  /** One rule applied, and the result in normal form; nothing where no rule applies. */
  private rewritten(monomial: number): Polynomial | undefined {
    const own = this.exponents[monomial]!;
    for (const symbol of own.keys()) {
      const rule = this.rules.get(symbol);
      if (!rule || ![...rule.pattern].every(([s, exponent]) => (own.get(s) ?? 0) >= exponent)) continue;
      const rest = new Map(own);
      for (const [s, exponent] of rule.pattern) rest.set(s, rest.get(s)! - exponent);
      const left = this.numberOf(rest);
      const result = new Map<number, Rational>();
      for (const [other, coefficient] of rule.value) this.accumulate(result, left, other, coefficient);
      return result;
    }
    return undefined;
  }

  private numberOf(exponents: Exponents): number {
    const sorted = [...exponents].filter(([, exponent]) => exponent !== 0).sort(([a], [b]) => a - b);
    const key = sorted.map(([symbol, exponent]) => `${symbol}^${exponent}`).join(' ');
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.exponents.push(new Map(sorted)) - 1;
    this.numbers.set(key, number);
    return number;
  }
}

/** Adds to one coefficient of a polynomial in the making. */
export function addTerm(into: Map<number, Rational>, monomial: number, coefficient: Rational): void {
  const before = into.get(monomial);
  const sum = before ? addRational(before, coefficient) : coefficient;
  if (sum.numerator === 0n) into.delete(monomial);
  else into.set(monomial, sum);
}

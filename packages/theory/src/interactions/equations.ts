import { type Rational, type RelationBasis, rational, rationalText } from '@tfjs-moe/numerics/exact';
import type { Allowance } from '../decide/allowance.ts';
import { formally, overFields } from '../decide/exact.ts';
import { monomialOf, primeParameters } from './coefficients.ts';
import type { Equation } from './general-proof.ts';
import { atParameters, type ParametricFamily } from './parametric-family.ts';

/** A member in the pivots of a basis. */
type Combination = ReadonlyMap<number, Rational>;

/**
 * Equations between the members of a family whose coefficients are monomials in the parameters: candidates, to be proved.
 *
 * First functions that are multiples of each other, which a row-reduced basis hides where another equation ties them too;
 * then the rows of the basis.
 */
export interface Equations {
  readonly multiples: readonly Equation[];
  /** By column of the basis; nothing for rows with other coefficients. */
  readonly rows: ReadonlyMap<number, Equation>;
}

export function equationsOf(family: ParametricFamily, allowance: Allowance): Equations {
  const at = primeParameters(family.parameters.length);
  const bases = at.map((numbers, i) => {
    const of = atParameters(family, numbers);
    const share = () => allowance.upTo(allowance.left / 4);
    return combinations(formally(of, share()) ?? overFields(of, i, share()));
  });
  const [first, second] = bases;
  if (first === undefined || second === undefined) return { multiples: [], rows: new Map() };
  const monomial = (a: Rational | undefined, b: Rational | undefined) => a && b && monomialOf([a, b], at);

  const rows = new Map<number, Equation>();
  for (const [column, combination] of first) {
    const other = second.get(column);
    if (combination.get(column) !== undefined || other?.size !== combination.size) continue;
    const terms = [...combination].flatMap(([member, value]) => {
      const coefficient = monomial(value, other.get(member));
      return coefficient ? [{ member, coefficient }] : [];
    });
    if (terms.length === combination.size) rows.set(column, { column, terms });
  }

  const multiples: Equation[] = [];
  const groups = new Map<string, number>();
  for (const [column, combination] of first) {
    if (combination.size === 0) continue;
    const key = directionOf(combination);
    const member = groups.get(key);
    if (member === undefined) {
      groups.set(key, column);
      continue;
    }
    const [a, b] = [first, second].map((basis) => ratio(basis.get(column), basis.get(member)));
    const coefficient = monomial(a, b);
    if (coefficient) multiples.push({ column, terms: [{ member, coefficient }] });
  }
  return { multiples, rows };
}

/** Every member in the pivots; a pivot is itself, and nothing is said of members that could not be read. */
function combinations(basis: RelationBasis | undefined): Map<number, Combination> | undefined {
  if (basis === undefined) return undefined;
  const one = rational(1n);
  const all: [number, Combination][] = [
    ...basis.pivots.map((column): [number, Combination] => [column, new Map([[column, one]])]),
    ...basis.relations.map(({ column, coefficients }): [number, Combination] => [column, coefficients]),
  ];
  return new Map(all.sort(([a], [b]) => a - b));
}

/** Equal for combinations that are multiples of each other. */
function directionOf(combination: Combination): string {
  const sorted = [...combination].sort(([a], [b]) => a - b);
  const [, leading] = sorted[0]!;
  return sorted.map(([i, value]) => `${i}:${rationalText(quotient(value, leading))}`).join(' ');
}

function ratio(a: Combination | undefined, b: Combination | undefined): Rational | undefined {
  const [place, value] = a?.entries().next().value ?? [];
  const other = place === undefined ? undefined : b?.get(place);
  return value && other && quotient(value, other);
}

const quotient = (a: Rational, b: Rational) =>
  rational(a.numerator * b.denominator, a.denominator * b.numerator);

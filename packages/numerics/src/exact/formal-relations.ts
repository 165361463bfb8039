/**
 * Linear relations of a family of functions, proved: those of its expressions in a formal ring.
 *
 * Gaussian elimination over the rationals, column by column, so that each function is written in the ones before it.
 */

import type { Relation, RelationBasis } from './field-relations.ts';
import { formalRing } from './formal-ring.ts';
import type { FunctionFamily } from './function-family.ts';
import { addTerm, type Polynomial } from './monomials.ts';
import { invertRational, mulRational, type Rational, rational } from './rational.ts';

/** A reduced column: its leading coefficient is 1, and it is `combination` of the functions. */
interface Pivot {
  readonly monomial: number;
  readonly vector: Polynomial;
  readonly combination: ReadonlyMap<number, Rational>;
}

/**
 * The relations of a family that follow from the identities of `formalRing`.
 * @param checkpoint called often; whatever it throws ends the work
 */
export function formalRelations(family: FunctionFamily, checkpoint?: () => void): RelationBasis {
  const ring = formalRing(checkpoint);
  const x = Array.from({ length: family.inputDim }, () => ring.variable());
  const found: Pivot[] = [];
  const pivots: number[] = [];
  const relations: Relation[] = [];
  family.evaluate(ring, x).forEach((expression, column) => {
    const vector = new Map(expression);
    const coefficients = new Map<number, Rational>();
    // A pivot's vector has no monomials of earlier pivots, so one pass in their order suffices.
    for (const pivot of found) {
      const multiple = vector.get(pivot.monomial);
      if (multiple === undefined) continue;
      checkpoint?.();
      const minus = mulRational(multiple, rational(-1n));
      for (const [monomial, c] of pivot.vector) addTerm(vector, monomial, mulRational(minus, c));
      for (const [i, c] of pivot.combination) addTerm(coefficients, i, mulRational(multiple, c));
    }
    const [first] = vector;
    if (first === undefined) {
      relations.push({ column, coefficients: new Map([...coefficients].sort(([a], [b]) => a - b)) });
      return;
    }
    const [monomial, leading] = first;
    const inverse = invertRational(leading);
    const combination = new Map<number, Rational>([[column, inverse]]);
    for (const [i, c] of coefficients)
      combination.set(i, mulRational(rational(-1n), mulRational(inverse, c)));
    const monic = new Map([...vector].map(([m, c]) => [m, mulRational(c, inverse)] as const));
    found.push({ monomial, vector: monic, combination });
    pivots.push(column);
  });
  return { pivots, relations, unread: [] };
}

import { type Checkpoint, operations } from '../checkpoint.ts';
import type { Relation, RelationBasis } from './field-relations.ts';
import { formalRing } from './formal-ring.ts';
import type { FunctionFamily } from './function-family.ts';
import { modularRelations } from './modular-relations.ts';
import { addTerm, type Polynomial } from './monomials.ts';
import { invertRational, mulRational, type Rational, rational } from './rational.ts';

/** A reduced column: its leading coefficient is 1, and it is `combination` of the functions. */
interface Pivot {
  readonly monomial: number;
  readonly vector: Polynomial;
  readonly combination: ReadonlyMap<number, Rational>;
}

/** Integers below it are cheap to divide by each other. */
const SHORT = 2n ** 32n;
/** Terms with long fractions, after which elimination modulo primes costs less. */
const MOST_LONG = 20_000;

/**
 * Linear relations of a family of functions, proved: those of its expressions in a formal ring.
 *
 * Gaussian elimination over the rationals, column by column, so that each function is written in the ones before it.
 * Where the fractions on the way grow long, the same relations are found modulo primes and proved afterwards.
 *
 * The relations of a family that follow from the identities of `formalRing`.
 *
 * @param checkpoint called often; whatever it throws ends the work
 */
export function formalRelations(family: FunctionFamily, checkpoint?: Checkpoint): RelationBasis {
  const ring = formalRing(checkpoint);
  const x = Array.from({ length: family.inputDim }, () => ring.variable());
  const expressions = family.evaluate(ring, x);
  return (
    rationalRelations(expressions, MOST_LONG, checkpoint) ??
    modularRelations(expressions, checkpoint) ??
    rationalRelations(expressions, Infinity, checkpoint)!
  );
}

/** Elimination over the rationals; nothing after more than `mostLong` terms with long fractions. */
function rationalRelations(
  expressions: readonly Polynomial[],
  mostLong: number,
  checkpoint?: Checkpoint,
): RelationBasis | undefined {
  const found: Pivot[] = [];
  const pivots: number[] = [];
  const relations: Relation[] = [];
  let long = 0;
  for (const [column, expression] of expressions.entries()) {
    const vector = new Map(expression);
    const coefficients = new Map<number, Rational>();
    // A pivot's vector has no monomials of earlier pivots, so one pass in their order suffices.
    for (const pivot of found) {
      const multiple = vector.get(pivot.monomial);
      if (multiple === undefined) continue;
      checkpoint?.(operations.term * (pivot.vector.size + pivot.combination.size));
      if (multiple.denominator > SHORT) long += pivot.vector.size + pivot.combination.size;
      const minus = mulRational(multiple, rational(-1n));
      for (const [monomial, c] of pivot.vector) addTerm(vector, monomial, mulRational(minus, c));
      for (const [i, c] of pivot.combination) addTerm(coefficients, i, mulRational(multiple, c));
    }
    if (long > mostLong) return undefined;
    const [first] = vector;
    if (first === undefined) {
      relations.push({ column, coefficients: new Map([...coefficients].sort(([a], [b]) => a - b)) });
      continue;
    }
    const [monomial, leading] = first;
    const inverse = invertRational(leading);
    const combination = new Map<number, Rational>([[column, inverse]]);
    for (const [i, c] of coefficients)
      combination.set(i, mulRational(rational(-1n), mulRational(inverse, c)));
    const monic = new Map([...vector].map(([m, c]) => [m, mulRational(c, inverse)] as const));
    found.push({ monomial, vector: monic, combination });
    pivots.push(column);
  }
  return { pivots, relations, unread: [] };
}

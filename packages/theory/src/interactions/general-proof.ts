import { MoeError, type Stream, stream } from '@tfjs-moe/core';
import type { Ring } from '@tfjs-moe/numerics';
import { type FieldPoint, fieldPoint, fieldPrimes, formalRing, NoSuchPoint } from '@tfjs-moe/numerics/exact';
import { type Allowance, metered, prices, Spent } from '../decide/allowance.ts';
import type { Proof } from '../verdict/relation.ts';
import type { Monomial } from './coefficients.ts';
import type { ParametricFamily } from './parametric-family.ts';

/** $f_{column} = \sum_i c_i(\theta) f_i$. */
export interface Equation {
  readonly column: number;
  readonly terms: readonly { readonly member: number; readonly coefficient: Monomial }[];
}

/** Points per prime; each refutes a false equation with a probability of about $1 - 2^{-26}$. */
const POINTS = 4;

/**
 * Whether an equation with monomial coefficients holds at all parameters: parameters are free variables of a formal ring,
 * as inputs are, and the two sides must be the same expression there. Where expressions swell beyond the allowance, random
 * points of two prime fields take the place of the ring.
 *
 * How each equation is known to hold at all parameters; nothing for those that are not.
 */
export function generalProofs(
  family: ParametricFamily,
  equations: readonly Equation[],
  allowance: Allowance,
): (Proof | undefined)[] {
  if (equations.length === 0) return [];
  try {
    const holds = formally(family, equations, allowance.upTo(allowance.left / 2));
    return holds.map((yes) => (yes ? 'formal ring' : undefined));
  } catch (error) {
    if (!(error instanceof Spent || error instanceof MoeError)) throw error;
  }
  try {
    const holds = overFields(family, equations, allowance);
    return holds.map((yes) => (yes ? 'prime fields' : undefined));
  } catch (error) {
    if (!(error instanceof Spent || error instanceof MoeError)) throw error;
    return equations.map(() => undefined);
  }
}

function formally(family: ParametricFamily, equations: readonly Equation[], allowance: Allowance): boolean[] {
  const formal = formalRing(allowance.spend);
  const variables = (count: number) => Array.from({ length: count }, () => formal.variable());
  const ring = metered(formal, allowance, prices.formal);
  const parameters = variables(family.parameters.length);
  const values = family.evaluate(ring, variables(family.inputDim), parameters);
  return equations.map((equation) => ring.isZero(defect(ring, equation, values, parameters)));
}

function overFields(
  family: ParametricFamily,
  equations: readonly Equation[],
  allowance: Allowance,
): boolean[] {
  const holds = equations.map(() => true);
  for (const prime of fieldPrimes(2)) {
    const random = stream(0, 'interactions', prime);
    for (let n = 0; n < POINTS; n++) {
      const { point, values, parameters } = somewhere(family, prime, random, allowance);
      equations.forEach((equation, i) => {
        if (!point.isZero(defect(point, equation, values, parameters))) holds[i] = false;
      });
    }
  }
  return holds;
}

function somewhere(family: ParametricFamily, prime: number, random: Stream, allowance: Allowance) {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const drawn: FieldPoint = fieldPoint(prime, random);
    const point = metered(drawn, allowance, prices.residues);
    const draw = (count: number) => Array.from({ length: count }, () => drawn.draw());
    const parameters = draw(family.parameters.length);
    try {
      return { point, parameters, values: family.evaluate<number>(point, draw(family.inputDim), parameters) };
    } catch (error) {
      if (!(error instanceof NoSuchPoint)) throw error;
    }
  }
  throw new Spent();
}

/** Left side minus right side, cleared of denominators. */
function defect<S>(
  ring: Ring<S>,
  { column, terms }: Equation,
  values: readonly S[],
  parameters: readonly S[],
): S {
  const cleared = new Map<number, number>();
  for (const { coefficient } of terms) {
    for (const [i, e] of coefficient.powers) cleared.set(i, Math.max(cleared.get(i) ?? 0, -e));
  }
  const scaled = (value: S, powers: ReadonlyMap<number, number>, factor: bigint) => {
    let result = ring.dot([integer(ring, factor)], [value]);
    for (const [i, least] of cleared) {
      for (let e = least + (powers.get(i) ?? 0); e > 0; e--) result = ring.dot([result], [parameters[i]!]);
    }
    for (const [i, power] of powers) {
      if (cleared.has(i)) continue;
      for (let e = power; e > 0; e--) result = ring.dot([result], [parameters[i]!]);
    }
    return result;
  };
  const common = terms.reduce(
    (product, { coefficient }) => product * coefficient.coefficient.denominator,
    1n,
  );
  return terms.reduce(
    (rest, { member, coefficient: { coefficient, powers } }) => {
      const factor = (common / coefficient.denominator) * coefficient.numerator;
      return ring.sub(rest, scaled(values[member]!, powers, factor));
    },
    scaled(values[column]!, new Map(), common),
  );
}

/** An integer exactly, as the float64 number near it and what is left. */
function integer<S>(ring: Ring<S>, value: bigint): S {
  const near = Number(value);
  const left = value - BigInt(near);
  return left === 0n ? ring.constant(near) : ring.add(ring.constant(near), integer(ring, left));
}

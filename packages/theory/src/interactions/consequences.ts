import { stream } from '@tfjs-moe/core';
import { fieldPoint, fieldPrimes } from '@tfjs-moe/numerics/exact';
import type { Monomial } from './coefficients.ts';
import type { Equation } from './general-proof.ts';
import type { Member, ParametricFamily } from './parametric-family.ts';

/**
 * Which equations follow from others: where $E = 0$ at all parameters, so is $\partial_\theta E$, and $x_u E$ where inputs
 * are factors.
 *
 * Equations of first order are differentiated; what lies in the span of the results and of the named equations says
 * nothing new. The span is taken at random parameters of a prime field, which errs with a probability of about $2^{-26}$.
 *
 * Whether each of `candidates` follows from `known` equations.
 */
export function consequences(
  family: ParametricFamily,
  known: readonly Equation[],
  candidates: readonly Equation[],
): boolean[] {
  if (candidates.length === 0) return [];
  const [prime] = fieldPrimes(1) as [number];
  const point = fieldPoint(prime, stream(0, 'consequences'));
  const parameters = family.parameters.map(() => point.draw());
  const place = new Map(family.members.map((member, i) => [keyOf(member), i]));
  const reciprocal = (a: number) => point.derivatives('reciprocal', a, 0)[0]!;
  const times = (a: number, b: number) => point.dot([a], [b]);

  function residueOf({ coefficient, powers }: Monomial): number {
    const p = BigInt(prime);
    const size = Number(((coefficient.numerator % p) + p) % p);
    let value = times(size, reciprocal(Number(coefficient.denominator % p)));
    for (const [i, e] of powers) {
      const base = e > 0 ? parameters[i]! : reciprocal(parameters[i]!);
      for (let n = Math.abs(e); n > 0; n--) value = times(value, base);
    }
    return value;
  }
  /** Left side minus right side, by member. */
  function vectorOf(parts: readonly (readonly [Member, number])[]): Float64Array {
    const vector = new Float64Array(family.members.length);
    for (const [member, value] of parts) {
      const i = place.get(keyOf(member))!;
      vector[i] = point.add(vector[i]!, value);
    }
    return vector;
  }
  const partsOf = ({ column, terms }: Equation): [Member, Monomial | undefined, number][] => [
    [family.members[column]!, undefined, 1],
    ...terms.map(({ member, coefficient }): [Member, Monomial, number] => [
      family.members[member]!,
      coefficient,
      point.sub(0, residueOf(coefficient)),
    ]),
  ];
  const plain = (equation: Equation) =>
    vectorOf(partsOf(equation).map(([member, , value]) => [member, value]));

  function derived(equation: Equation): Float64Array[] {
    const parts = partsOf(equation);
    if (parts.some(([member]) => orderOf(member) > 1)) return [];
    const differentiated = family.parameters.flatMap((_, j) => {
      if (parts.some(([{ factors }]) => factors.length > 0)) return [];
      return [
        vectorOf(
          parts.flatMap(([member, monomial, value]): [Member, number][] => {
            const raised: Member = { ...member, derivatives: [...member.derivatives, j] };
            const e = monomial?.powers.get(j) ?? 0;
            if (e === 0) return [[raised, value]];
            const slope = times(times(point.constant(e), value), reciprocal(parameters[j]!));
            return [
              [raised, value],
              [member, slope],
            ];
          }),
        ),
      ];
    });
    const tilted = family.subject === 'h' ? Array.from({ length: family.inputDim }, (_, u) => u) : [];
    return [
      ...differentiated,
      ...tilted.map((u) =>
        vectorOf(parts.map(([member, , value]) => [{ ...member, factors: [...member.factors, u] }, value])),
      ),
    ];
  }

  /** Reduced rows, by the place of their leading 1. */
  const rows = new Map<number, Float64Array>();
  const reduced = (vector: Float64Array): Float64Array => {
    for (const [lead, row] of rows) {
      const factor = vector[lead]!;
      if (factor === 0) continue;
      for (let i = 0; i < vector.length; i++) vector[i] = point.sub(vector[i]!, times(factor, row[i]!));
    }
    return vector;
  };
  for (const vector of [...known.flatMap(derived), ...known.map(plain)]) {
    const row = reduced(vector);
    const lead = row.findIndex((entry) => entry !== 0);
    if (lead < 0) continue;
    const inverse = reciprocal(row[lead]!);
    const monic = row.map((entry) => times(entry, inverse));
    for (const [, other] of rows) {
      const factor = other[lead]!;
      if (factor !== 0)
        for (let i = 0; i < other.length; i++) other[i] = point.sub(other[i]!, times(factor, monic[i]!));
    }
    rows.set(lead, monic);
  }
  return candidates.map((equation) => reduced(plain(equation)).every((entry) => entry === 0));
}

const orderOf = ({ factors, derivatives }: Member) => factors.length + derivatives.length;

function keyOf({ factors, derivatives }: Member): string {
  const sorted = (indices: readonly number[]) => [...indices].sort((a, b) => a - b).join();
  return `${sorted(factors)}|${sorted(derivatives)}`;
}

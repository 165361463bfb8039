import type { Rational, RelationBasis } from '@tfjs-moe/numerics/exact';
import type { DoubleBall } from '@tfjs-moe/numerics/precise';

/** A part of its terms to which a relation must hold in float64, far above what is rounded. */
const ROUNDING = 1e-9;

/**
 * Relations over prime fields, but for those that do not hold at points: a root there is one of two, and the sign of
 * $\sqrt{c^2z^2} = \pm c\sqrt{z^2}$ may come out wrong modulo every prime.
 * @param values of all functions at the points
 */
export function unlessRefuted(
  found: RelationBasis | undefined,
  values: readonly DoubleBall[],
): RelationBasis | undefined {
  return found && { ...found, relations: found.relations.filter((relation) => !isRefuted(relation, values)) };
}

function isRefuted(
  { column, coefficients }: RelationBasis['relations'][number],
  values: readonly DoubleBall[],
): boolean {
  const terms = [{ of: values[column]!, factor: -1 }];
  for (const [i, c] of coefficients) terms.push({ of: values[i]!, factor: toNumber(c) });
  const count = Math.max(...terms.map(({ of }) => of.high.length));
  const at = (entries: Float64Array, n: number) => (entries.length === 1 ? entries[0]! : entries[n]!);
  for (let n = 0; n < count; n++) {
    let [sum, size] = [0, 0];
    for (const { of, factor } of terms) {
      const value = factor * at(of.high, n);
      sum += value;
      size += ROUNDING * Math.abs(value) + Math.abs(factor) * at(of.rad, n);
    }
    // Values that are not known refute nothing.
    if (Math.abs(sum) > size) return true;
  }
  return false;
}

function toNumber({ numerator, denominator }: Rational): number {
  const most = Math.max(numerator.toString(2).length, denominator.toString(2).length);
  const drop = BigInt(Math.max(0, most - 900));
  return Number(numerator >> drop) / Number(denominator >> drop);
}

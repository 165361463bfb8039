import { packed, type Ring } from '@tfjs-moe/numerics';
import { type Rational, rational } from '@tfjs-moe/numerics/exact';
import type { Allowance } from '../decide/allowance.ts';
import { formally } from '../decide/exact.ts';
import type { Block } from '../families/curved-family.ts';
import type { Atom } from '../mixture/atom.ts';
import { functionLabel } from '../mixture/labels.ts';
import { namedRelation } from '../verdict/relation.ts';
import { withUnknownKinks } from './moved-kinks.ts';
import { ownFunctions } from './null-direction.ts';
import type { NullDirection } from './second-order-verdict.ts';

/**
 * An equation between second and first derivatives of one atom whose second derivatives have a positive semidefinite matrix
 * of any rank, in a formal ring: a null element of the criterion that is no single direction. A matrix of rank r is what
 * r + 1 atoms in a cell leave behind.
 *
 * Student's t has one, $\partial_\mu^2 f + \tfrac1\nu\,\partial_\sigma^2 f + \tfrac{1-\nu}{\nu\sigma}\,\partial_\sigma f = 0$; of
 * Cauchy's law it says that the density is harmonic.
 */
export function nullMatrix(
  atom: Atom,
  block: Block,
  inputDim: number,
  allowance: Allowance,
): NullDirection | undefined {
  const own = ownFunctions(atom, inputDim);
  const { coordinates, indices } = block;
  const names = coordinates.map(({ name }) => name);
  const pairs = names.flatMap((_, i) => names.slice(0, i + 1).map((__, j) => [i, j] as const));
  const labels = [
    ...own.labels,
    ...pairs.map(([i, j]) => functionLabel([], [names[j]!, names[i]!], 'psi', atom.index)),
  ];
  const found = formally(
    withUnknownKinks({
      inputDim: own.inputDim,
      labels,
      evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
        const { first, second } = own.at(ring, x);
        return [...first, ...pairs.map(([i, j]) => second(indices[i]!, indices[j]!))];
      },
    }),
    allowance,
  );
  for (const { column, coefficients } of found?.relations ?? []) {
    const place = column - own.labels.length;
    if (place < 0) continue;
    const entries = new Map<number, Rational>([[place, rational(1n)]]);
    for (const [i, c] of coefficients)
      if (i >= own.labels.length) entries.set(i - own.labels.length, { ...c, numerator: -c.numerator });
    const rank = rankIfSemidefinite(entries, names.length);
    if (rank === undefined) continue;
    const terms = [...coefficients].map(([i, coefficient]) => ({ label: labels[i]!, coefficient }));
    const { text, latex } = namedRelation('formal ring', labels[column]!, terms);
    const moving = names.filter((_, i) =>
      pairs.some((pair, k) => entries.has(k) && (pair[0] === i || pair[1] === i)),
    );
    return {
      name: `a matrix of rank ${rank} in ${moving.join(' and ')} of atom ${atom.index + 1}`,
      text,
      latex,
      order: 2,
      proof: 'formal ring',
      atoms: [atom.index],
      rank,
      vector: {},
    };
  }
  return undefined;
}

/**
 * The rank of a symmetric matrix that is positive or negative semidefinite and not zero; nothing of others. Its entries are
 * those of a lower triangle as coefficients of an equation, so that off the diagonal each is twice an entry.
 */
export function rankIfSemidefinite(entries: ReadonlyMap<number, Rational>, size: number): number | undefined {
  const at = (i: number, j: number): Rational => {
    const entry = entries.get(packed(i, j)) ?? rational(0n);
    return i === j ? entry : times(entry, rational(1n, 2n));
  };
  const a = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => at(i, j)));
  const pivots = a.flatMap((row, i) => (row[i]!.numerator === 0n ? [] : [row[i]!.numerator > 0n ? 1 : -1]));
  const [sign] = pivots;
  if (sign === undefined) return undefined;
  let rank = 0;
  const left = new Set(a.keys());
  while (left.size > 0) {
    const pivot = [...left].find((i) => a[i]![i]!.numerator !== 0n);
    if (pivot === undefined) {
      // With a diagonal of zeros a semidefinite matrix is zero.
      return [...left].every((i) => [...left].every((j) => a[i]![j]!.numerator === 0n)) ? rank : undefined;
    }
    if (a[pivot]![pivot]!.numerator > 0n !== sign > 0) return undefined;
    const { numerator, denominator } = a[pivot]![pivot]!;
    const inverse = rational(denominator, numerator);
    left.delete(pivot);
    for (const i of left)
      for (const j of left) {
        const part = times(times(a[i]![pivot]!, inverse), a[pivot]![j]!);
        a[i]![j] = minus(a[i]![j]!, part);
      }
    rank++;
  }
  return rank;
}

const times = (a: Rational, b: Rational) =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);

const minus = (a: Rational, b: Rational) =>
  rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);

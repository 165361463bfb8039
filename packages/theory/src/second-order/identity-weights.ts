import { integerProduct } from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { bitLength, GUARD, projected, type Scaled, shifted, unit } from './integer-vectors.ts';

/** Values of a function at points, and what its integral should be. */
export interface Wanted {
  readonly of: Scaled;
  readonly wanted: bigint;
}

/**
 * Weights whose integrals of some functions are what is wanted, where the functions are independent to all bits: those of
 * second derivatives can be the identity then, and nothing has to be searched for. Functions that depend on others have the
 * integrals that follow. The diagonal comes first.
 *
 * @returns integers in units of $2^{-bits}$, the largest of size 1
 */
export function identityWeights(
  functions: readonly Wanted[],
  bits: number,
  { spend }: Allowance,
): bigint[] | undefined {
  const working = bits + GUARD;
  const ordered = [...functions].sort((a, b) => Number(b.wanted - a.wanted));
  const basis: Scaled[] = [];
  const parts: bigint[] = [];
  /** Bits below the units of the parts. */
  const units = 2 * working;
  for (const { of, wanted } of ordered) {
    const rest = projected(of, basis, working, spend);
    if (rest === undefined) continue;
    const direction = unit(rest, working);
    spend((basis.length + 1) * of.entries.length * integerProduct(working));
    const inner = (q: Scaled) => of.entries.reduce((sum, entry, n) => sum + entry * q.entries[n]!, 0n);
    const own = inner(direction);
    if (own === 0n) return undefined;
    const known = basis.reduce((sum, q, l) => sum + inner(q) * parts[l]!, 0n);
    // of.exponent is below zero: the functions are of size 1 in integers of many bits.
    const missing = shifted(wanted, units - of.exponent + working) - known;
    parts.push(missing / own);
    basis.push(direction);
  }
  const [first] = basis;
  if (first === undefined) return undefined;
  const total = first.entries.map((_, n) => basis.reduce((sum, q, l) => sum + q.entries[n]! * parts[l]!, 0n));
  const most = Math.max(...total.map(bitLength));
  return most === 0 ? undefined : total.map((w) => shifted(w, bits - most));
}

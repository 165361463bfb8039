import { expectInteger, MoeError } from '@tfjs-moe/core';

/** The atoms that are fitted by several, in their order: at least one, and none twice. */
export function expectAtoms(who: string, atoms: readonly number[], experts: number): readonly number[] {
  if (!Array.isArray(atoms)) throw new MoeError(who, 'overSpecified must be a list of atoms', atoms);
  const sorted = atoms
    .map((atom) => expectInteger(who, 'overSpecified', atom, { min: 0, max: experts - 1 }))
    .sort((a, b) => a - b);
  if (sorted.length > 0 && new Set(sorted).size === sorted.length) return sorted;
  throw new MoeError(who, 'overSpecified must name at least one atom, and none twice', atoms);
}

import { fixedCopies, type MixingMeasure } from '@tfjs-moe/measures';
import type { FunctionLabel } from '../verdict/labelled-family.ts';
import type { Atom } from './atom.ts';
import { functionLabel } from './labels.ts';

/** A coordinate of an atom. */
export interface Place {
  readonly atom: number;
  readonly index: number;
}

export interface FreeFunction {
  readonly label: FunctionLabel;
  /** One, or one per atom where the parameter is shared. */
  readonly places: readonly Place[];
}

/**
 * The parameters of a mixture that its gauge leaves free, as functions with names: one per number, in the order of the
 * specifications.
 */
export function freeFunctions(of: MixingMeasure, atoms: readonly Atom[]): FreeFunction[] {
  const known = fixedCopies(of.gate, of.inputDim, of.experts);
  const fixed = new Set(known.map(({ name, copy }) => `${name}#${copy}`));
  const coordinates = atoms[0]!.coordinates;
  const parameters = [...new Set(coordinates.map(({ part, parameter }) => `${part}/${parameter}`))];
  return parameters.flatMap((name) => {
    const indices = coordinates.flatMap((c, index) => (`${c.part}/${c.parameter}` === name ? [index] : []));
    const [{ isShared, part, parameter }] = [coordinates[indices[0]!]!];
    const named = (label: string) => functionLabel([], [label], 'f');
    if (isShared) {
      return indices.map((index) => ({
        label: named(coordinates[index]!.label),
        places: atoms.map((_, atom) => ({ atom, index })),
      }));
    }
    return atoms.flatMap((atom, e) =>
      part === 'gate' && fixed.has(`${parameter}#${e}`)
        ? []
        : indices.map((index) => ({
            // Points are spread over atoms by their experts: what a gate says is rarely zero.
            label: { ...named(atom.coordinates[index]!.label), ...(part === 'expert' && { atom: e }) },
            places: [{ atom: e, index }],
          })),
    );
  });
}

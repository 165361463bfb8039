import type { MixingMeasure } from '@tfjs-moe/measures';
import type { FunctionLabel } from '../verdict/labelled-family.ts';
import type { Atom } from './atom.ts';
import { fixedLabels } from './fixed-labels.ts';
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
  const fixed = fixedLabels(of);
  const coordinates = atoms[0]!.coordinates;
  const parameters = [...new Set(coordinates.map(({ part, parameter }) => `${part}/${parameter}`))];
  return parameters.flatMap((name) => {
    const indices = coordinates.flatMap((c, index) => (`${c.part}/${c.parameter}` === name ? [index] : []));
    const [{ isShared, part }] = [coordinates[indices[0]!]!];
    const named = (label: string) => functionLabel([], [label], 'f');
    if (isShared) {
      const open = indices.filter((index) => !coordinates[index]!.isKnown);
      return open.map((index) => ({
        label: named(coordinates[index]!.label),
        places: atoms.map((_, atom) => ({ atom, index })),
      }));
    }
    return atoms.flatMap((atom, e) =>
      indices.flatMap((index) => {
        const { label, isKnown } = atom.coordinates[index]!;
        if (isKnown || fixed.has(label)) return [];
        // Points are spread over atoms by their experts: what a gate says is rarely zero.
        return [
          {
            label: { ...named(label), ...(part === 'expert' && { atom: e }) },
            places: [{ atom: e, index }],
          },
        ];
      }),
    );
  });
}

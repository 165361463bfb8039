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
  const coordinates = atoms.flatMap(({ coordinates: own }, atom) =>
    own.map((coordinate, index) => ({ coordinate, place: { atom, index } })),
  );
  const names = ({ coordinate: { part, parameter } }: (typeof coordinates)[number]) => `${part}/${parameter}`;
  const parameters = [...new Set(coordinates.map(names))];
  const places = new Map<string, Place[]>();
  for (const { coordinate, place } of coordinates)
    places.set(coordinate.label, [...(places.get(coordinate.label) ?? []), place]);
  const seen = new Set<string>();
  return parameters.flatMap((name) =>
    coordinates.flatMap((each) => {
      const { label, part, isKnown, isShared } = each.coordinate;
      if (names(each) !== name || isKnown || fixed.has(label) || seen.has(label)) return [];
      seen.add(label);
      const named = functionLabel([], [label], 'f');
      // Points are spread over atoms by their experts: what a gate says is rarely zero.
      const atom = part === 'expert' && !isShared ? { atom: each.place.atom } : {};
      return [{ label: { ...named, ...atom }, places: places.get(label)! }];
    }),
  );
}

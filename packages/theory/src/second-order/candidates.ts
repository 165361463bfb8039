import type { CompetitiveForm } from '@tfjs-moe/core';
import { expertTraits, type MixingMeasure, routerTraits } from '@tfjs-moe/measures';
import type { Block } from '../families/curved-family.ts';
import { routerName } from '../mixture/covered-form.ts';

/** A direction that may turn out to be free. */
export interface Candidate {
  /** In words. */
  readonly name: string;
  /** u for every block, nothing where it is zero: M is $uu^\top$ there. */
  readonly vectors: readonly (readonly number[] | undefined)[];
  /** Whether a proof is tried whatever float64 says, which sees rounding where functions vanish. */
  readonly isExpected?: boolean;
}

/**
 * Directions in which an over-fitted atom may turn out to be free: every single coordinate, and the parameters in
 * proportion to their values (homogeneity) all together, layer by layer and one by one.
 */
export function candidates(
  blocks: readonly Block[],
  together: Readonly<Record<string, readonly string[]>>,
): Candidate[] {
  return blocks.flatMap(({ atom, coordinates }, block) => {
    const only = (name: string, vector: readonly number[]): Candidate => ({
      name: `${name} of atom ${atom + 1}`,
      vectors: blocks.map((_, b) => (b === block ? vector : undefined)),
    });
    const units = coordinates.map(({ name }, i) =>
      only(
        name,
        coordinates.map((_, j) => (i === j ? 1 : 0)),
      ),
    );
    const groups = new Map<string, number[]>();
    coordinates.forEach(({ part, parameter }, i) => {
      const layer = parameter.includes('/')
        ? `${part}/${parameter.slice(0, parameter.lastIndexOf('/'))}`
        : part;
      for (const group of new Set([part, layer, `${part}/${parameter}`]))
        groups.set(group, [...(groups.get(group) ?? []), i]);
    });
    for (const [name, parameters] of Object.entries(together)) {
      const members = coordinates.flatMap(({ part, parameter }, i) =>
        part === 'expert' && parameters.includes(parameter) ? [i] : [],
      );
      const isKnown = [...groups.values()].some((other) => other.join() === members.join());
      if (!isKnown) groups.set(name, members);
    }
    const scales = [...groups]
      .filter(([, members]) => members.length > 1)
      .map(([name, members]) => {
        const inside = new Set(members);
        return only(
          `the scale of ${name}`,
          coordinates.map(({ value }, i) => (inside.has(i) ? value : 0)),
        );
      });
    return [...units, ...scales].filter(({ vectors }) => vectors[block]!.some((value) => value !== 0));
  });
}

/** Parameters of an expert whose scale may be one: those that it is linear in, and those that lead to hidden units. */
export function scalesOf({ expert }: MixingMeasure): Record<string, readonly string[]> {
  const { linearIn = [], units = [] } = expertTraits(expert);
  const sets = [linearIn, ...units.map(({ incoming }) => incoming)].filter(({ length }) => length > 0);
  return Object.fromEntries(sets.map((names) => [`expert/${names.join(' and ')}`, names]));
}

/**
 * The directions that are free where some atoms are all there is to a softmax and none of them is fitted exactly: the
 * same coordinate of every atom's linear router (common tilt), and with a single atom every parameter of its gate, whose
 * weight is 1.
 */
export function gaugeDirections(
  form: CompetitiveForm,
  blocks: readonly Block[],
  together: readonly Block[],
): Candidate[] {
  const { shifts = [] } = routerTraits(form.router);
  const tilted = shifts.map(({ parameter }) => routerName(form, parameter));
  const isSingle = together.length === 1;
  return together[0]!.coordinates.flatMap(({ name, parameter, part }) => {
    if (part !== 'gate' || !(isSingle || tilted.includes(parameter))) return [];
    // Where some atom's own is known, it does not move with the others.
    const moves = (block: Block) => block.coordinates.some((own) => own.name === name);
    if (!together.every(moves)) return [];
    return [
      {
        name: isSingle ? `${name}, the gate of a single atom` : `${name} of all atoms alike (common tilt)`,
        vectors: blocks.map((block) =>
          together.includes(block) ? block.coordinates.map((own) => (own.name === name ? 1 : 0)) : undefined,
        ),
        isExpected: true,
      },
    ];
  });
}

import type { ParamSpecs, Units } from '@tfjs-moe/core';

/** Where a number stands: the parameter, and its index in all copies together. */
export type Place = readonly [name: string, index: number];

/** The places of one unit's numbers. */
export interface Unit {
  /** What it is computed with, in the order of `Units.incoming`. */
  readonly incoming: readonly Place[];
  /** What is done with it. */
  readonly outgoing: readonly Place[];
  /** Those of some parameters that lead to it or on. */
  of(names: readonly string[]): Place[];
  /** Which number of a bias behind it goes with which outgoing one. */
  constants(bias: string): (readonly [constant: Place, outgoing: Place])[];
}

/**
 * The units of a definition by groups that may change places: one group per copy of the parameters, or a single one where a
 * parameter is shared by all copies, so that what is done to a unit is done to it in all of them.
 * @param nameOf the names of the parameters where they are
 */
export function unitsIn(
  units: Units,
  specs: ParamSpecs,
  nameOf: (name: string) => string = (name) => name,
): Unit[][] {
  const incoming = units.incoming.map(nameOf);
  const outgoing = units.outgoing.map(nameOf);
  const all = [...incoming, ...outgoing];
  const copies = Math.max(...all.map((name) => specs[name]!.copies));
  const isJoint = all.some((name) => specs[name]!.copies !== copies);
  const groups = isJoint ? [undefined] : Array.from({ length: copies }, (_, copy) => copy);
  return groups.map((copy) =>
    Array.from({ length: specs[incoming[0]!]!.shape.at(-1)! }, (_, unit) => unitAt(unit, copy)),
  );

  function unitAt(unit: number, copy: number | undefined): Unit {
    const places = (name: string, isIncoming: boolean): Place[] => {
      const { shape, copies: own } = specs[name]!;
      const [rows, columns] = shape.length === 2 ? shape : isIncoming ? [1, shape[0]] : [shape[0], 1];
      const those = copy === undefined ? Array.from({ length: own }, (_, c) => c) : [copy];
      return those.flatMap((c) =>
        Array.from({ length: isIncoming ? rows : columns }, (_, i): Place => {
          const index = isIncoming ? i * columns + unit : unit * columns + i;
          return [name, c * rows * columns + index];
        }),
      );
    };
    const into = incoming.flatMap((name) => places(name, true));
    const out = outgoing.flatMap((name) => places(name, false));
    return {
      incoming: into,
      outgoing: out,
      of(names) {
        const wanted = names.map(nameOf);
        return [...into, ...out].filter(([name]) => wanted.includes(name));
      },
      constants(bias) {
        const name = nameOf(bias);
        const size = specs[name]!.shape[0];
        const first = copy === undefined ? 0 : copy * size;
        const count = copy === undefined ? specs[name]!.copies * size : size;
        return out.map((place, i) => [[name, first + (i % count)], place]);
      },
    };
  }
}

import { MoeError } from '@tfjs-moe/core';
import { measureSpecs, readGate } from '@tfjs-moe/measures';
import { type HeldShape, labelsOf } from '../mixture/held.ts';
import { joined, type Ties } from '../mixture/ties.ts';
import { labelsIn, matchedIn, type Pattern, patterns } from './named-numbers.ts';

/** A tie as it is written. */
export interface WrittenTie {
  readonly text: string;
  /** One for a parameter that is the same in all atoms, or several that are equal. */
  readonly sides: readonly Pattern[];
}

/** The sides of every tie. */
export function sidesOf(who: string, given: readonly string[] = []): readonly WrittenTie[] {
  if (!Array.isArray(given)) throw new MoeError(who, 'tied must be a list of names', given);
  return given.map((text: unknown) => {
    const words = typeof text === 'string' ? text.split('=').map((word) => word.trim()) : [text];
    const sides = patterns(who, 'tied', words as string[]);
    if (sides.length === 1 && sides[0]!.copy !== undefined)
      throw new MoeError(
        who,
        'tied: what is tied of one atom must be equal to something: give both sides of =',
        text,
      );
    return { text: String(text), sides };
  });
}

/** Single numbers that are equal, under the first of each class. */
export function tiesIn(
  who: string,
  shape: HeldShape,
  equal: readonly WrittenTie[],
  held: ReadonlySet<string>,
): Ties {
  if (equal.length === 0) return new Map();
  const specs = measureSpecs(shape);
  const { gate, experts } = shape;
  const idle = readGate(gate, experts);
  const pairs = equal.flatMap(({ text, sides }) => {
    const numbers = sides.map((side) =>
      matchedIn(who, specs, 'tied', text, side).flatMap((pattern) => {
        if (pattern.part === 'gate' && idle?.parameters.includes(pattern.name) === false)
          throw new MoeError(who, `tied: the weights of ${gate.kind} do not depend on ${pattern.name}`, text);
        return labelsIn(who, 'tied', shape, pattern);
      }),
    );
    const known = numbers.flat().find((label) => held.has(label));
    if (known !== undefined)
      throw new MoeError(
        who,
        `tied: ${known} is known; what is equal to it is known too, and named there`,
        text,
      );
    const [first = [], ...others] = numbers;
    if (others.length === 0) return acrossAtoms(first);
    if (others.some(({ length }) => length !== first.length))
      throw new MoeError(
        who,
        `tied: both sides must have as many numbers; they have ${numbers.map(({ length }) => length).join(' and ')}`,
        text,
      );
    return others.flatMap((side) => side.map((label, i) => [first[i]!, label] as const));
  });
  const order = (['gate', 'expert'] as const).flatMap((part) =>
    Object.keys(specs[part]).flatMap((name) => labelsOf(part, name, specs[part])),
  );
  return joined(pairs, order);
}

/** Numbers of one place in all atoms. */
function acrossAtoms(labels: readonly string[]): (readonly [string, string])[] {
  const first = new Map<string, string>();
  return labels.flatMap((label) => {
    const place = label.replace(/#\d+$/, '');
    const start = first.get(place);
    if (start === undefined) first.set(place, label);
    return start === undefined ? [] : [[start, label] as const];
  });
}

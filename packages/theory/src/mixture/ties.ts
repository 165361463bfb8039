import type { MeasureShape } from '@tfjs-moe/measures';

/**
 * Numbers that are equal by assumption, and so one parameter: by the name of each the name of the first of them, in the order
 * of gate and expert.
 */
export type Ties = ReadonlyMap<string, string>;

const none: Ties = new Map();

/** The numbers of a mixture that are tied. */
export const tiesOf = (of: MeasureShape & { readonly ties?: Ties | undefined }): Ties => of.ties ?? none;

/** The name of the parameter that a number is: its own, or that of the first number that it is tied to. */
export const parameterNamed = (of: MeasureShape, label: string): string => tiesOf(of).get(label) ?? label;

/** All numbers that one parameter is. */
export function tiedWith(of: MeasureShape, label: string): readonly string[] {
  const ties = tiesOf(of);
  const first = ties.get(label);
  return first === undefined ? [label] : [...ties].flatMap(([each, own]) => (own === first ? [each] : []));
}

/** A place for every number of a list, the same for those that are tied; and the names of the parameters in their order. */
export function parameterPlaces(
  of: MeasureShape,
  labels: readonly string[],
): { readonly indices: readonly number[]; readonly names: readonly string[] } {
  const places = new Map<string, number>();
  const indices = labels.map((label) => {
    const name = parameterNamed(of, label);
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  });
  return { indices, names: [...places.keys()] };
}

/** Pairs of names as classes, each number under the first of its class in an order. */
export function joined(pairs: readonly (readonly [string, string])[], order: readonly string[]): Ties {
  const classes = new Map<string, Set<string>>();
  for (const [a, b] of pairs) {
    const all = new Set([...(classes.get(a) ?? [a]), ...(classes.get(b) ?? [b])]);
    for (const label of all) classes.set(label, all);
  }
  return new Map(
    [...classes].flatMap(([label, all]) =>
      all.size < 2 ? [] : [[label, order.find((each) => all.has(each))!] as const],
    ),
  );
}

import type { ParamSpecs } from '../params.ts';
import type { Units } from '../traits/units.ts';
import { assert } from './assertions.ts';

type Data = Readonly<Record<string, Float64Array>>;

/** A change of numbers that a trait calls invisible, and the sentence that it breaks if it is not. */
export interface InvisibleChange {
  readonly claim: string;
  readonly data: Record<string, Float64Array>;
}

/** Throws unless there is a parameter under every name. */
export function assertParameters(names: readonly string[], specs: ParamSpecs, where: string): void {
  for (const name of names) {
    assert(
      specs[name] !== undefined,
      `${where} names "${name}", which is no parameter; there are ${Object.keys(specs).join(', ')}`,
    );
  }
}

/**
 * Everything that a list of units says may be done, done once each: all neighbours change places, every unit its sign and
 * its scale. In all copies alike, which is right for shared parameters too.
 */
export function unitChanges(units: readonly Units[], specs: ParamSpecs, data: Data): InvisibleChange[] {
  return units.flatMap((of, i) => changesOf(of, specs, data, `traits.units[${i}]`));
}

function changesOf(of: Units, specs: ParamSpecs, data: Data, where: string): InvisibleChange[] {
  const { incoming, outgoing, signs = [], scales = [] } = of;
  const named = [...incoming, ...outgoing];
  assert(named.length > 0, `${where} names no parameter`);
  assertParameters(named, specs, where);
  const count = sizeOf(specs, named[0]!, incoming.length > 0 ? 'last' : 'first');
  for (const name of incoming) assertCount(specs, name, 'last', count, where);
  for (const name of outgoing) assertCount(specs, name, 'first', count, where);

  const placesOf = (name: string, unit: number) =>
    places(specs, name, incoming.includes(name) ? 'last' : 'first', unit);
  const edited = (edit: (copy: Record<string, Float64Array>) => void) => {
    const copy = Object.fromEntries(Object.entries(data).map(([name, values]) => [name, values.slice()]));
    edit(copy);
    return copy;
  };
  const multiply = (copy: Data, names: readonly string[], unit: number, factor: number) => {
    for (const name of names) {
      const values = copy[name]!;
      for (const place of placesOf(name, unit)) values[place] = factor * values[place]!;
    }
  };
  const all = Array.from({ length: count }, (_, unit) => unit);

  const swaps = outgoing.length === 0 ? [] : all.slice(1);
  return [
    ...swaps.map((unit) => ({
      claim: `${where} says that units may change places with all their numbers in ${named.join(', ')}`,
      data: edited((copy) => {
        for (const name of named) {
          const [values, before] = [copy[name]!, data[name]!];
          const [own, other] = [placesOf(name, unit), placesOf(name, unit - 1)];
          own.forEach((place, i) => {
            values[place] = before[other[i]!]!;
            values[other[i]!] = before[place]!;
          });
        }
      }),
    })),
    ...signs.flatMap(({ negated, constant }, s) => {
      const at = `${where}.signs[${s}]`;
      assertWithin(negated, named, at);
      if (constant !== undefined) assertParameters([constant], specs, at);
      const taken = constant === undefined ? '' : ` if ${constant} gains what was outgoing`;
      return all.map((unit) => ({
        claim: `${at} says that a unit's numbers in ${negated.join(', ')} may be negated${taken}`,
        data: edited((copy) => {
          if (constant !== undefined) addOutgoing(copy, outgoing, constant, unit);
          multiply(copy, negated, unit, -1);
        }),
      }));
    }),
    ...scales.flatMap(({ multiplied, divided }, s) => {
      const at = `${where}.scales[${s}]`;
      assertWithin([...multiplied, ...divided], named, at);
      return all.map((unit) => ({
        claim: `${at} says that a unit's numbers in ${multiplied.join(', ')} may be multiplied if those in ${divided.join(', ')} are divided`,
        data: edited((copy) => {
          multiply(copy, multiplied, unit, 1.7);
          multiply(copy, divided, unit, 1 / 1.7);
        }),
      }));
    }),
  ];

  function addOutgoing(copy: Data, names: readonly string[], constant: string, unit: number): void {
    const gains = copy[constant]!;
    for (const name of names) {
      const from = placesOf(name, unit);
      assert(
        from.length === gains.length,
        `${where}: ${constant} must have as many numbers as a unit has in ${name} (${from.length}), not ${gains.length}`,
      );
      from.forEach((place, i) => {
        gains[i] = gains[i]! + copy[name]![place]!;
      });
    }
  }
}

/** The places of a unit's numbers in the stored copies, one copy after the other. */
function places(specs: ParamSpecs, name: string, axis: 'first' | 'last', unit: number): number[] {
  const { shape, copies } = specs[name]!;
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]];
  return Array.from({ length: copies }, (_, copy) => {
    const start = copy * rows * columns;
    if (shape.length === 1) return [start + unit];
    if (axis === 'last') return Array.from({ length: rows }, (__, row) => start + row * columns + unit);
    return Array.from({ length: columns }, (__, column) => start + unit * columns + column);
  }).flat();
}

function sizeOf(specs: ParamSpecs, name: string, axis: 'first' | 'last'): number {
  const { shape } = specs[name]!;
  return (axis === 'first' ? shape[0] : shape.at(-1))!;
}

function assertCount(
  specs: ParamSpecs,
  name: string,
  axis: 'first' | 'last',
  count: number,
  where: string,
): void {
  const size = sizeOf(specs, name, axis);
  assert(
    size === count,
    `${where}: the ${axis} axis of ${name} must count the ${count} units; it has ${size}`,
  );
}

function assertWithin(names: readonly string[], among: readonly string[], where: string): void {
  const stray = names.find((name) => !among.includes(name));
  assert(stray === undefined, `${where} names "${stray}", which is neither incoming nor outgoing`);
}

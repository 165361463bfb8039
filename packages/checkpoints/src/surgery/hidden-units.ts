import type { ParamSpec, Units } from '@tfjs-moe/core';

/** Where the numbers of hidden units lie in a parameter of one expert. */
export interface UnitAxis {
  readonly name: string;
  /** Units on this axis, and how many numbers come before and after it. */
  readonly outer: number;
  readonly units: number;
  readonly inner: number;
}

/**
 * The places of hidden units in the parameters of an expert, by its traits: of what leads to them the last axis, of what
 * leads on the first.
 */
export function unitAxes(
  { incoming, outgoing }: Units,
  params: Readonly<Record<string, ParamSpec>>,
): { readonly incoming: UnitAxis[]; readonly outgoing: UnitAxis[] } {
  const axis = (name: string, isLast: boolean): UnitAxis => {
    const { shape } = params[name]!;
    const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]];
    return isLast
      ? { name, outer: rows, units: columns, inner: 1 }
      : { name, outer: 1, units: rows, inner: columns };
  };
  return {
    incoming: incoming.map((name) => axis(name, true)),
    outgoing: outgoing.map((name) => axis(name, false)),
  };
}

/** A parameter whose units are others, in this order, each times a factor. */
export function withUnits(
  numbers: Float32Array,
  { outer, units, inner }: UnitAxis,
  taken: readonly number[],
  factor: (place: number) => number = () => 1,
): Float32Array {
  const result = new Float32Array(outer * taken.length * inner);
  for (let o = 0; o < outer; o++)
    taken.forEach((unit, place) => {
      for (let i = 0; i < inner; i++)
        result[(o * taken.length + place) * inner + i] =
          numbers[(o * units + unit) * inner + i]! * factor(place);
    });
  return result;
}

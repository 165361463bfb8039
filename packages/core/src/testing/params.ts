/**
 * Parameters for the contract suites: the checks of their specifications and seeded values for them.
 */
import { type ArrayValue, arrayParam } from '../array/value.ts';
import { initialValues } from '../initial-values.ts';
import { getInitializer } from '../initializer.ts';
import { mapNames, type ParamSpec, type ParamSpecs } from '../params.ts';
import { type Stream, stream } from '../stream.ts';
import { assert } from './assertions.ts';

/** Checks names, shapes, initial values and constraints. */
export function assertSpecs(specs: Readonly<Record<string, ParamSpec>>): void {
  for (const [name, spec] of Object.entries(specs)) {
    assert(
      /^[A-Za-z]\w*(\/[A-Za-z]\w*)*$/.test(name),
      `the name ${name} is not made of words joined by slashes`,
    );
    // tfjs makes names unique by adding _1, _2, ...: a name that ends so clashes with a second layer of the same name.
    assert(!/_\d+$/.test(name), `the name ${name} ends in a number, which tfjs keeps for itself`);
    const { shape, constraint = {} } = spec;
    const sizes: readonly number[] = shape;
    assert(sizes.length === 1 || sizes.length === 2, `${name}: the shape must have one or two sizes`);
    assert(
      sizes.every((size) => Number.isInteger(size) && size > 0),
      `${name}: sizes must be positive integers, got ${sizes}`,
    );
    getInitializer(name, 'initializer', spec.initializer);
    for (const value of initialValues(spec, stream(0, name))) {
      assert(Number.isFinite(value), `${name}: an initial value is ${value}`);
      assert(
        clamped(value, constraint) === value,
        `${name}: the initial value ${value} breaks its constraint`,
      );
    }
  }
}

/** Values for all copies, spread out so that initial zeros hide nothing, inside their constraints. */
export function drawnData(specs: ParamSpecs, seed: number): Record<string, Float64Array> {
  return mapNames(specs, (spec, name) => {
    const draw = stream(seed, name);
    const copies = Array.from({ length: spec.copies }, () => [...around(spec, draw)]);
    return Float64Array.from(copies.flat());
  });
}

/** Stored numbers as the values that a definition computes with. */
export function valuesOf(
  specs: ParamSpecs,
  data: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, ArrayValue> {
  return mapNames(specs, (spec, name) => arrayParam(spec, spec.copies, data[name]!));
}

/** Seeded standard normal rows, times `scale`. */
export function drawnRows(count: number, features: number, seed: number, scale = 1): number[][] {
  const draw = stream(seed, 'rows');
  return Array.from({ length: count }, () => Array.from({ length: features }, () => scale * draw.normal()));
}

function around(spec: ParamSpec, draw: Stream): Float64Array {
  return initialValues(spec, draw).map((value) => clamped(value + 0.5 * draw.normal(), spec.constraint));
}

function clamped(value: number, { min = -Infinity, max = Infinity }: ParamSpec['constraint'] = {}): number {
  return Math.min(Math.max(value, min), max);
}

/**
 * Hops between valleys: under a gate that selects experts, the sum of squares jumps wherever a boundary meets a row, and a
 * search by derivatives stops at the first jump. From there one number of the gate is moved at random and everything fitted
 * again; what is lower is kept.
 *
 * Source: Wales and Doye, "Global Optimization by Basin-Hopping" (1997).
 */
import type { Stream } from '@tfjs-moe/core';
import { type MeasureShape, measureSpecs } from '@tfjs-moe/measures';
import { countOf } from '@tfjs-moe/measures/tape';
import { intoBox, type ParameterSpace } from '../optimise/parameter-space.ts';

/** Sizes of a hop, from a nudge to a leap, relative to the number that is moved. */
const SMALLEST = 0.01;
const LARGEST = 1;

/** The numbers with a free one of the gate moved, inside the box. */
export function hopped(
  numbers: Float64Array,
  shape: MeasureShape,
  space: ParameterSpace,
  random: Stream,
): Float64Array {
  const gateSize = countOf(measureSpecs(shape).gate);
  const places = space.free.filter((place) => place < gateSize);
  const place = places[random.integer(places.length)];
  if (place === undefined) return numbers;
  const size = SMALLEST * (LARGEST / SMALLEST) ** random.uniform();
  const moved = numbers.slice();
  const value = moved[place]!;
  moved[place] = value + size * random.normal() * (Math.abs(value) || 1);
  return intoBox(moved, space);
}

/** The space of the experts' numbers alone, with the gate held where it is. */
export function expertsOnly(shape: MeasureShape, space: ParameterSpace): ParameterSpace {
  const gateSize = countOf(measureSpecs(shape).gate);
  return { ...space, free: space.free.filter((place) => place >= gateSize) };
}

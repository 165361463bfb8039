import { initialValues, stream } from '@tfjs-moe/core';
import { drawnMeasure } from '../measure/drawn-measure.ts';
import type { MeasureShape, MixingMeasure } from '../measure/mixing-measure.ts';

/** Seed and scale of the numbers of `randomMeasure`. */
export interface RandomMeasureOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Standard deviation of the parameters. Default 1. */
  readonly scale?: number;
}

/** A measure at random parameters, every number of which matters. */
export function randomMeasure(
  shape: MeasureShape,
  { seed = 1, scale = 1 }: RandomMeasureOptions = {},
): MixingMeasure {
  const random = stream(seed, 'measure');
  return drawnMeasure(shape, (spec) => {
    const numbers = Array.from({ length: spec.copies }, () => [...initialValues(spec, random)]).flat();
    const { min = -Infinity } = spec.constraint ?? {};
    // Temperatures stay where they mean something.
    return numbers.map((value) => (min > 0 ? value * (1 + random.uniform()) : scale * random.normal()));
  });
}

/** Standard normal inputs. */
export function randomRows(n: number, inputDim = 2, seed = 2): number[][] {
  const random = stream(seed, 'rows');
  return Array.from({ length: n }, () => Array.from({ length: inputDim }, () => random.normal()));
}

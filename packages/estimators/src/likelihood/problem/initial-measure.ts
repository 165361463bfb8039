import { initialValues, stream } from '@tfjs-moe/core';
import { drawnMeasure, type MeasureShape, type MixingMeasure } from '@tfjs-moe/measures';

/** A measure with numbers from the initializers. */
export function initialMeasure(shape: MeasureShape, seed: number, index = 0): MixingMeasure {
  return drawnMeasure(shape, (spec, part, name) =>
    Array.from({ length: spec.copies }, (_, copy) => [
      ...initialValues(spec, stream(seed, 'initial', index, part, name, copy)),
    ]).flat(),
  );
}

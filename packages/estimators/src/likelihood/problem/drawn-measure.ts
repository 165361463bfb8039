import { initialValues, mapNames, type Numbers, stream } from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';

/** A measure with numbers from the initializers. */
export function drawnMeasure(shape: MeasureShape, seed: number, index = 0): MixingMeasure {
  const specs = measureSpecs(shape);
  const draw = (part: 'gate' | 'expert'): Numbers =>
    mapNames(specs[part], (spec, name) =>
      Array.from({ length: spec.copies }, (_, copy) => [
        ...initialValues(spec, stream(seed, 'initial', index, part, name, copy)),
      ]).flat(),
    );
  return { ...shape, gateParams: draw('gate'), expertParams: draw('expert') };
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { HeldParameter } from '@tfjs-moe/core';

/** A temperature as gates read it: inside its box. */
export function temperatureOf({ spec, variable }: HeldParameter<Tensor>): number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec.constraint ?? {};
  return Math.min(Math.max(variable.read().dataSync()[0]!, Math.fround(min)), Math.fround(max));
}

import { type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';

/** Trainable parameters of a gate that its weights do not depend on in evaluation, such as those of its noise. */
export function leftOut(of: MixingMeasure): string[] {
  const reading = readGate(of.gate, of.experts);
  if (reading === undefined) return [];
  return Object.entries(measureSpecs(of).gate)
    .filter(([name, { trainable }]) => trainable !== false && !reading.parameters.includes(name))
    .map(([name]) => name);
}

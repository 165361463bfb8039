import type { Numbers } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { scoreParameters } from '../score-parameters.ts';

/** Relative distance below which two numbers count as equal. */
const SAME = 1e-4;
/** Share below which an atom has no say. */
const NO_SHARE = 1e-6;

/**
 * How many atoms an estimate over at most k atoms really has: some may have come together, and some may have no say.
 *
 * Atoms whose parameters but the bias agree count once: they are one atom of the mixing measure, with their masses added.
 *
 * @param shares mean weight of every atom
 */
export function effectiveExperts(measure: MixingMeasure, shares: readonly number[]): number {
  const kept: number[][] = [];
  for (let e = 0; e < measure.experts; e++) {
    if (shares[e]! < NO_SHARE) continue;
    const own = numbersOfAtom(measure, e);
    if (!kept.some((other) => own.every((value, i) => near(value, other[i]!)))) kept.push(own);
  }
  return kept.length;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME * Math.max(1, Math.abs(a), Math.abs(b));
}

function numbersOfAtom(measure: MixingMeasure, e: number): number[] {
  const specs = measureSpecs(measure);
  const { biases: added, selectionBiases } = scoreParameters(measure);
  const biases = [...added, ...selectionBiases];
  const of = (part: typeof specs.gate, numbers: Numbers) =>
    Object.entries(part).flatMap(([name, spec]) => {
      const all = numbers[name]!;
      const size = all.length / spec.copies;
      const isBias = part === specs.gate && biases.includes(name);
      return spec.copies === measure.experts && !isBias ? all.slice(e * size, (e + 1) * size) : [];
    });
  return [...of(specs.gate, measure.gateParams), ...of(specs.expert, measure.expertParams)];
}

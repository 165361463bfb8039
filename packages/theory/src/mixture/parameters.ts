/**
 * Parameters that a verdict is asked at: drawn, or checked where they are given.
 *
 * Drawn numbers are multiples of 1/8, so that exact arithmetic stays short; a relation that holds at such random
 * parameters holds, in all likelihood, in general.
 */
import { type GateParamSpec, MoeError, type Numbers, paramSize, type Stream, stream } from '@tfjs-moe/core';
import { drawnMeasure, type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { coveredForm } from './covered-form.ts';
import { idleAtoms, selects } from './regions.ts';

/** Draws of a measure whose gate selects, until every atom is selected somewhere. */
const MOST_DRAWS = 300;

/** A measure with random parameters, no two atoms alike; under a gate that selects, with every atom selected somewhere. */
export function genericMeasure(of: MeasureShape, seed: number): MixingMeasure {
  let best = draw(of, seed, 0);
  if (!selects(best)) return best;
  let idle = idleAtoms(best, stream(seed, 'regions')).length;
  for (let attempt = 1; attempt < MOST_DRAWS && idle > 0; attempt++) {
    const next = draw(of, seed, attempt);
    const left = idleAtoms(next, stream(seed, 'regions')).length;
    if (left < idle) [best, idle] = [next, left];
  }
  return best;
}

function draw(of: MeasureShape, seed: number, attempt: number): MixingMeasure {
  return drawnMeasure(of, (spec, part, name) => {
    const random = stream(seed, part, name, ...(attempt > 0 ? [attempt] : []));
    return Array.from({ length: spec.copies * paramSize(spec) }, () => drawn(spec, random));
  });
}

function drawn({ constraint = {} }: GateParamSpec, random: Stream): number {
  const { min = -Infinity, max = Infinity } = constraint;
  for (let attempt = 0; attempt < 100; attempt++) {
    const value = Math.round(8 * random.normal()) / 8;
    if (value !== 0 && value >= min && value <= max) return value;
  }
  return Math.max(min, Math.min(max, 0.375));
}

/**
 * Refuses a measure in which two atoms are the same: they are one atom, and dependent for a dull reason. The bias of a
 * softmax holds an atom's mass and does not tell it from others.
 */
export function expectDistinctAtoms(of: MixingMeasure): void {
  const { experts, gate } = of;
  const specs = measureSpecs(of);
  const form = coveredForm(gate, experts);
  const mass = form?.type === 'competitive' ? form.bias : undefined;
  const seen = new Set<string>();
  for (let e = 0; e < experts; e++) {
    const own = (part: 'gate' | 'expert', numbers: Numbers) =>
      Object.entries(specs[part]).map(([name, spec]) => {
        if (spec.shared || (part === 'gate' && name === mass)) return [];
        // Parameters of groups are shared by consecutive atoms.
        const copy = Math.floor((e * spec.copies) / experts);
        const size = paramSize(spec);
        return numbers[name]!.slice(copy * size, (copy + 1) * size);
      });
    const key = JSON.stringify([own('gate', of.gateParams), own('expert', of.expertParams)]);
    if (seen.has(key))
      throw new MoeError('identifiability', 'atoms must differ from each other; two are equal', e);
    seen.add(key);
  }
}

/**
 * Parameters that a verdict is asked at: drawn, or checked where they are given.
 *
 * Drawn numbers are multiples of 1/8, so that exact arithmetic stays short; a relation that holds at such random
 * parameters holds, in all likelihood, in general.
 */
import {
  type GateParamSpec,
  type MeasureShape,
  type MixingMeasure,
  MoeError,
  mapNames,
  measureSpecs,
  type Numbers,
  paramSize,
  type Stream,
  stream,
} from '@tfjs-moe/core';

/** A measure with random parameters, no two atoms alike. */
export function drawnMeasure(of: MeasureShape, seed: number): MixingMeasure {
  const specs = measureSpecs(of);
  const draw = (named: Readonly<Record<string, GateParamSpec>>, part: string): Numbers =>
    mapNames(named, (spec, name) => {
      const random = stream(seed, part, name);
      return Array.from({ length: spec.copies * paramSize(spec) }, () => drawn(spec, random));
    });
  return { ...of, gateParams: draw(specs.gate, 'gate'), expertParams: draw(specs.expert, 'expert') };
}

function drawn({ constraint = {} }: GateParamSpec, random: Stream): number {
  const { min = -Infinity, max = Infinity } = constraint;
  for (let attempt = 0; attempt < 100; attempt++) {
    const value = Math.round(8 * random.normal()) / 8;
    if (value !== 0 && value >= min && value <= max) return value;
  }
  return Math.max(min, Math.min(max, 0.375));
}

/** Refuses a measure in which two atoms are the same: they are one atom, and dependent for a dull reason. */
export function expectDistinctAtoms({ experts, expertParams, gateParams }: MixingMeasure): void {
  const seen = new Set<string>();
  for (let e = 0; e < experts; e++) {
    const own = [...Object.values(expertParams), ...Object.values(gateParams)].map((values) =>
      values.length % experts === 0
        ? values.slice((e * values.length) / experts, ((e + 1) * values.length) / experts)
        : [],
    );
    const key = JSON.stringify(own);
    if (seen.has(key))
      throw new MoeError('identifiability', 'atoms must differ from each other; two are equal', e);
    seen.add(key);
  }
}

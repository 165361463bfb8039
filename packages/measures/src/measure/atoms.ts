/**
 * Atoms of a mixing measure taken apart and put together: what the constructions of the proofs do.
 *
 * A parameter belongs to the atoms where it has a copy per expert; shared parameters, and those of groups, stay.
 */

import {
  type GateParamSpec,
  MoeError,
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
} from '@tfjs-moe/core';
import { didYouMean } from '@tfjs-moe/core/hints';
import { type MixingMeasure, measureSpecs } from './mixing-measure.ts';

/** The measure whose expert e is a copy of expert `sources[e]`. */
export function withAtoms(of: MixingMeasure, sources: readonly number[]): MixingMeasure {
  const specs = measureSpecs(of);
  const chosen = (named: ParamSpecs, numbers: Numbers) =>
    mapNames(named, (spec, name) => {
      const all = numbers[name]!;
      if (!isOfAtoms(spec, of.experts)) return all;
      const size = paramSize(spec);
      return sources.flatMap((source) => all.slice(source * size, (source + 1) * size));
    });
  return {
    ...of,
    experts: sources.length,
    gateParams: chosen(specs.gate, of.gateParams),
    expertParams: chosen(specs.expert, of.expertParams),
  };
}

/** The measure with one parameter of one atom changed. */
export function withChanged(
  of: MixingMeasure,
  part: 'gate' | 'expert',
  name: string,
  atom: number,
  change: (value: number, index: number) => number,
): MixingMeasure {
  const spec = specOf(of, part, name);
  if (!isOfAtoms(spec, of.experts)) {
    throw new MoeError('mixingMeasure', `the parameter "${name}" of the ${part} is not one per expert`);
  }
  const size = paramSize(spec);
  const key = part === 'gate' ? 'gateParams' : 'expertParams';
  const numbers = of[key][name]!.map((value, i) =>
    Math.floor(i / size) === atom ? change(value, i % size) : value,
  );
  return { ...of, [key]: { ...of[key], [name]: numbers } };
}

/** The numbers of one parameter of one atom. */
export function atomNumbers(
  of: MixingMeasure,
  part: 'gate' | 'expert',
  name: string,
  atom: number,
): readonly number[] {
  const spec = specOf(of, part, name);
  const size = paramSize(spec);
  return (part === 'gate' ? of.gateParams : of.expertParams)[name]!.slice(atom * size, (atom + 1) * size);
}

function isOfAtoms(spec: GateParamSpec, experts: number): boolean {
  return !spec.shared && spec.copies === experts;
}

/** The specification of a parameter that somebody names: its own, never what every object inherits. */
function specOf(of: MixingMeasure, part: 'gate' | 'expert', name: string): GateParamSpec {
  const specs = measureSpecs(of)[part];
  if (Object.hasOwn(specs, name)) return specs[name]!;
  throw new MoeError(
    'mixingMeasure',
    `the ${part} has no parameter "${name}"${didYouMean(name, Object.keys(specs))}`,
  );
}

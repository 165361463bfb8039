/**
 * Atoms of a mixing measure taken apart and put together: what the constructions of the proofs do.
 *
 * A parameter belongs to the atoms where it has a copy per expert; shared parameters, and those of groups, stay.
 */

import {
  expectInteger,
  expectOneOf,
  type GateParamSpec,
  MoeError,
  mapNames,
  type Numbers,
  paramSize,
} from '@tfjs-moe/core';
import { didYouMean } from '@tfjs-moe/core/hints';
import { familiesInOrder } from '../family/per-expert.ts';
import { expectMeasure, type MixingMeasure, measureSpecs } from './mixing-measure.ts';

/** The measure whose expert e is a copy of expert `sources[e]`, its dispersion or covariance with it. */
export function withAtoms(of: MixingMeasure, sources: readonly number[]): MixingMeasure {
  const who = 'withAtoms';
  const { experts } = expectMeasure(who, 'measure', of);
  const specs = measureSpecs(of);
  const isAtom = (source: unknown) =>
    Number.isInteger(source) && (source as number) >= 0 && (source as number) < experts;
  if (!Array.isArray(sources) || sources.length === 0 || !sources.every(isAtom)) {
    throw new MoeError(
      who,
      `sources must be a list of indices of experts, from 0 to ${experts - 1}`,
      sources,
    );
  }
  // Where each group has one expert, copies of groups are as many as those of atoms: only these grow with the atoms.
  const after = sources.length === experts ? specs : measureSpecs({ ...of, experts: sources.length });
  const chosen = (part: 'gate' | 'expert', numbers: Numbers) =>
    mapNames(specs[part], (spec, name) => {
      const all = numbers[name]!;
      if (!isOfAtoms(spec, experts) || !isOfAtoms(after[part][name]!, sources.length)) return all;
      const size = paramSize(spec);
      return sources.flatMap((source) => all.slice(source * size, (source + 1) * size));
    });
  const { dispersions, covariances } = of;
  return {
    ...of,
    ...(dispersions !== undefined && { dispersions: ofSources(dispersions, experts, sources) }),
    ...(covariances !== undefined && { covariances: ofSources(covariances, experts, sources) }),
    ...(of.family?.families !== undefined && { family: familiesInOrder(of.family, sources) }),
    experts: sources.length,
    gateParams: chosen('gate', of.gateParams),
    expertParams: chosen('expert', of.expertParams),
  };
}

/** One for all stays so; of one for each, those of the sources. */
function ofSources<T>(each: readonly T[], experts: number, sources: readonly number[]): readonly T[] {
  return each.length === 1 && experts !== 1 ? each : sources.map((source) => each[source]!);
}

/** The measure with one parameter of one atom changed. */
export function withChanged(
  of: MixingMeasure,
  part: 'gate' | 'expert',
  name: string,
  atom: number,
  change: (value: number, index: number) => number,
): MixingMeasure {
  const who = 'withChanged';
  const spec = specOf(who, of, part, name);
  if (!isOfAtoms(spec, of.experts)) {
    throw new MoeError(who, `the parameter "${name}" of the ${part} is not one per expert`);
  }
  expectInteger(who, 'atom', atom, { min: 0, max: of.experts - 1 });
  if (typeof change !== 'function') throw new MoeError(who, 'change must be a function', change);
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
  const who = 'atomNumbers';
  const spec = specOf(who, of, part, name);
  expectInteger(who, 'atom', atom, { min: 0, max: spec.copies - 1 });
  const size = paramSize(spec);
  return (part === 'gate' ? of.gateParams : of.expertParams)[name]!.slice(atom * size, (atom + 1) * size);
}

function isOfAtoms(spec: GateParamSpec, experts: number): boolean {
  return !spec.shared && spec.copies === experts;
}

/** The specification of a parameter that somebody names: its own, never what every object inherits. */
function specOf(who: string, of: MixingMeasure, part: 'gate' | 'expert', name: string): GateParamSpec {
  expectMeasure(who, 'measure', of);
  expectOneOf(who, 'part', part, ['gate', 'expert']);
  const specs = measureSpecs(of)[part];
  if (typeof name !== 'string') throw new MoeError(who, 'name must be that of a parameter', name);
  if (Object.hasOwn(specs, name)) return specs[name]!;
  throw new MoeError(who, `the ${part} has no parameter "${name}"${didYouMean(name, Object.keys(specs))}`);
}

import {
  type Freedom,
  MoeError,
  mapNames,
  type Numbers,
  type ParameterCopy,
  paramSize,
} from '@tfjs-moe/core';
import { fixedCopies, gateGauge, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';
import { heldOf, labelsOf } from './held.ts';
import { preservedShifts } from './preserved-shifts.ts';
import { parameterNamed, tiesOf } from './ties.ts';

/**
 * The parameters of a gate that its gauge fixes, by their names in relations. Where a number that the gauge would move is
 * known, that freedom is none, and the number that it would fix is a parameter like others; where numbers are tied, what is
 * left of the gauge are the displacements that leave them equal.
 *
 * @param found the copies that are fixed of a gate whose gauge was looked for
 */
export function fixedLabels(of: MixingMeasure, found?: readonly ParameterCopy[]): ReadonlySet<string> {
  const copies = found ?? fixedCopies(of.gate, of.inputDim, of.experts);
  const specs = measureSpecs(of).gate;
  const all = copies.flatMap(({ name, copy }) => labelsOfCopy(name, copy));
  const held = [...heldOf(of)].filter((label) => label.startsWith('gate/'));
  const tied = [...tiesOf(of).keys()].filter((label) => label.startsWith('gate/'));
  if (held.length + tied.length === 0) return new Set(all);
  const { isKnown, freedoms } = gateGauge(of.gate, of.inputDim, of.experts);
  if (!isKnown)
    throw new MoeError(
      'identifiability',
      `${held.length > 0 ? 'known' : 'tied'}: single numbers of a gate whose gauge is not known`,
      held[0] ?? tied[0],
    );
  const shifts = freedoms.flatMap((freedom) => shiftsOf(freedom));
  const kept = preservedShifts(of, shifts);
  return new Set(kept.map((label) => parameterNamed(of, label)));

  /** One per number that a freedom fixes: what moves with it, as multiples. */
  function shiftsOf({ fixed, move }: Freedom) {
    const own = fixed.flatMap(({ name, copy }) => labelsOfCopy(name, copy));
    return own.map((label, i) => {
      const by = (t: number, base: Numbers) => {
        const step = own.map((_, j) => (i === j ? t : 0));
        return changesOf(of, base, move(base, step), t);
      };
      // Far from numbers that are large, where a step would be lost; plain shifts are the same everywhere.
      const [once, twice] = [by(0.375, numbersNear(0.25)), by(-0.75, numbersNear(0.5))];
      const isPlain = [...once].every(([name, multiple]) => Math.abs(multiple - twice.get(name)!) < 1e-9);
      return { fixed: label, moves: once, isPlain };
    });
  }

  function numbersNear(size: number): Numbers {
    return mapNames(of.gateParams, (values) => values.map((_, i) => size + (i % 8) / 16));
  }

  function labelsOfCopy(name: string, copy: number): string[] {
    const spec = specs[name]!;
    const size = paramSize(spec);
    return paramLabels({ [name]: spec })
      .slice(copy * size, (copy + 1) * size)
      .map((label) => `gate/${label}`);
  }
}

/** By which multiple of t the numbers of a gate were moved that were. */
function changesOf(of: MixingMeasure, base: Numbers, moved: Numbers, t: number): Map<string, number> {
  const specs = measureSpecs(of).gate;
  return new Map(
    Object.keys(specs).flatMap((name) =>
      labelsOf('gate', name, specs).flatMap((label, i) => {
        const change = moved[name]![i]! - base[name]![i]!;
        return change === 0 ? [] : [[label, change / t] as const];
      }),
    ),
  );
}

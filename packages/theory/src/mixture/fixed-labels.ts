import { MoeError, type Numbers, type ParameterCopy, paramSize } from '@tfjs-moe/core';
import { fixedCopies, gateGauge, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';
import { heldOf } from './held.ts';

/**
 * The numbers of a gate that its gauge fixes, by their names in relations. Where a number that the gauge would move is known,
 * that freedom is none, and the number that it would fix is a parameter like others.
 *
 * @param found the copies that are fixed of a gate whose gauge was looked for
 */
export function fixedLabels(of: MixingMeasure, found?: readonly ParameterCopy[]): ReadonlySet<string> {
  const copies = found ?? fixedCopies(of.gate, of.inputDim, of.experts);
  const specs = measureSpecs(of).gate;
  const all = copies.flatMap(({ name, copy }) => labelsOfCopy(name, copy));
  const held = [...heldOf(of)].filter((label) => label.startsWith('gate/'));
  if (held.length === 0) return new Set(all);
  const { isKnown, freedoms } = gateGauge(of.gate, of.inputDim, of.experts);
  if (!isKnown)
    throw new MoeError(
      'identifiability',
      'known: single numbers of a gate whose gauge is not known',
      held[0],
    );
  const kept = freedoms.flatMap(({ fixed, move }) => {
    const own = fixed.flatMap(({ name, copy }) => labelsOfCopy(name, copy));
    return own.filter((_, i) => {
      const step = own.map((__, j) => (i === j ? 0.375 : 0));
      const moved = changedLabels(of, move(of.gateParams, step));
      if (!moved.some((label) => held.includes(label))) return true;
      if (new Set(moved.map(placeOf)).size === 1) return false;
      throw new MoeError(
        'identifiability',
        `known: the gate ${of.gate.kind} trades ${[...new Set(moved.map(placeOf))].join(' and ')} for each other; name all copies of one of them`,
        held[0],
      );
    });
  });
  return new Set(kept);

  function labelsOfCopy(name: string, copy: number): string[] {
    const spec = specs[name]!;
    const size = paramSize(spec);
    return paramLabels({ [name]: spec })
      .slice(copy * size, (copy + 1) * size)
      .map((label) => `gate/${label}`);
  }
}

/** Without the number of the copy. */
const placeOf = (label: string) => label.replace(/#\d+$/, '');

function changedLabels(of: MixingMeasure, moved: Numbers): string[] {
  return Object.entries(measureSpecs(of).gate).flatMap(([name, spec]) => {
    const labels = paramLabels({ [name]: { ...spec, trainable: true } });
    return labels.flatMap((label, i) =>
      moved[name]![i] === of.gateParams[name]![i] ? [] : [`gate/${label}`],
    );
  });
}

import { MoeError, type Numbers, paramSize } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { coveredForm } from './covered-form.ts';

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

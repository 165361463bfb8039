import { stream } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { kinksOnSupport } from '../decide/on-support.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { leftOut } from '../mixture/left-out.ts';
import { INPUTS, idleAtoms, selects } from '../mixture/regions.ts';
import { describeSupport, type Support } from '../verdict/support.ts';

/** What a reader must know to read the first-order verdict on a mixture: regions, and what was left out. */
export function firstOrderNotes(of: MixingMeasure, seed: number, support?: Support): string[] {
  const notes = support === undefined ? [] : supportNotes(of, support);
  if (selects(of)) {
    notes.push(
      'the gate selects: derivatives are taken near inputs where the selection does not change, and relations must hold in every region',
    );
    const idle = idleAtoms(of, stream(seed, 'regions'), support);
    if (idle.length > 0)
      notes.push(`never selected at ${INPUTS} inputs: ${idle.map((e) => `atom ${e + 1}`).join(', ')}`);
  }
  const left = leftOut(of);
  if (left.length > 0) {
    notes.push(`asked as in evaluation, where they have no part: without the parameters ${left.join(', ')}`);
  }
  return notes;
}

/** Where functions are compared, and which kinks that leaves. */
function supportNotes(of: MixingMeasure, support: Support): string[] {
  const where = `judged on ${describeSupport(support)}`;
  const { all, oneSided } = kinksOnSupport({ ...jacobianFamily(of), support });
  return [
    oneSided === 0
      ? where
      : `${where}, where ${oneSided} of ${all} kinks are met from one side alone: what holds there need not hold elsewhere`,
  ];
}

import { stream } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { leftOut } from '../mixture/left-out.ts';
import { INPUTS, idleAtoms, selects } from '../mixture/regions.ts';

/** What a reader must know to read the first-order verdict on a mixture: regions, and what was left out. */
export function firstOrderNotes(of: MixingMeasure, seed: number): string[] {
  const notes: string[] = [];
  if (selects(of)) {
    notes.push(
      'the gate selects: derivatives are taken near inputs where the selection does not change, and relations must hold in every region',
    );
    const idle = idleAtoms(of, stream(seed, 'regions'));
    if (idle.length > 0)
      notes.push(`never selected at ${INPUTS} inputs: ${idle.map((e) => `atom ${e + 1}`).join(', ')}`);
  }
  const left = leftOut(of);
  if (left.length > 0) {
    notes.push(`asked as in evaluation, where they have no part: without the parameters ${left.join(', ')}`);
  }
  return notes;
}

/**
 * What a reader must know to read the verdicts on a mixture: regions, and what was left out.
 */

import { type Stream, stream } from '@tfjs-moe/core';
import { type MixingMeasure, measureParts } from '@tfjs-moe/measures';

/** Inputs at which selections are looked at. */
const INPUTS = 400;

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
  if (of.gate.kind === 'noisyTopK')
    notes.push('asked as in evaluation, without noise: the parameters of the noise are left out');
  return notes;
}

/** Whether a token may be sent to fewer experts than there are. */
export function selects({ gate, experts }: MixingMeasure): boolean {
  return gate.expertsPerToken(experts) < experts;
}

/** Atoms that no input is sent to, among standard normal ones. */
export function idleAtoms(of: MixingMeasure, random: Stream): number[] {
  const rows = Array.from({ length: INPUTS }, () =>
    Array.from({ length: of.inputDim }, () => random.normal()),
  );
  const { weights } = measureParts(of, rows);
  return Array.from({ length: of.experts }, (_, e) => e).filter((e) => {
    let active = 0;
    for (let t = 0; t < rows.length; t++) if (weights[t * of.experts + e] !== 0) active++;
    return active < LEAST_SHARE * rows.length;
  });
}

/** An atom is idle if less than this part of the inputs is sent to it. */
const LEAST_SHARE = 0.02;

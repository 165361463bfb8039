/**
 * What a reader must know to read the verdicts on a mixture: regions, and what was left out.
 */

import { arrayGateOps, arrayInput, arrayParam, mapNames, type Stream } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';
import { type Support, supportedInputs } from '../verdict/support.ts';

/** Inputs at which selections are looked at. */
export const INPUTS = 400;

/** Whether a token may be sent to fewer experts than there are, by a number of them or by thresholds. */
export function selects({ gate, experts }: MixingMeasure): boolean {
  return gate.expertsPerToken(experts) < experts || readGate(gate, experts)?.isDense === false;
}

/** Atoms that no input is sent to, among standard normal ones or those of a support. */
export function idleAtoms(of: MixingMeasure, random: Stream, support?: Support): number[] {
  const { gate, experts, gateParams } = of;
  const rows = Array.from({ length: INPUTS }, () => {
    const own = support === undefined ? [] : supportedInputs(support, random, 1);
    return [...own, ...Array.from({ length: of.inputDim - own.length }, () => random.normal())];
  });
  const p = mapNames(measureSpecs(of).gate, (spec, name) => arrayParam(spec, spec.copies, gateParams[name]!));
  // Without the experts, of which many measures are drawn.
  const { weights } = gate.route(arrayGateOps(), arrayInput(rows), p, { experts, training: false });
  return Array.from({ length: experts }, (_, e) => e).filter((e) => {
    let active = 0;
    for (let t = 0; t < rows.length; t++) if (weights.data[t * experts + e] !== 0) active++;
    return active < LEAST_SHARE * rows.length;
  });
}

/** An atom is idle if less than this part of the inputs is sent to it. */
const LEAST_SHARE = 0.02;

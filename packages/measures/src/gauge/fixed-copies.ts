import type { Gate, ParameterCopy } from '@tfjs-moe/core';
import { foundShifts } from './found-shifts.ts';
import { expectSized, gateGauge } from './gate-gauge.ts';

/**
 * The copies of a gate's parameters that its gauge fixes, because a change of all others makes up for them: by its form, as
 * it declares, or as they are found. Of a gate of which `gateGauge` knows nothing there may be more.
 *
 * An invariance of a single expert is no gauge: that the length of a cosine router's kernel does not matter is reported as
 * a relation, because other options of the router mend it.
 */
export function fixedCopies(gate: Gate, inputDim: number, experts: number): ParameterCopy[] {
  expectSized('fixedCopies', gate, inputDim, experts);
  const { isKnown, freedoms } = gateGauge(gate, inputDim, experts);
  return isKnown ? freedoms.flatMap(({ fixed }) => fixed) : foundShifts(gate, experts);
}

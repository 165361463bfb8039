import type { Gate } from '@tfjs-moe/core';
import { fewestInputs } from '@tfjs-moe/measures';

/** Whether a gate can choose from so many experts. */
export function serves(gate: Gate, experts: number): boolean {
  try {
    fewestInputs((inputDim) => gate.params(inputDim, experts));
    return gate.expertsPerToken(experts) <= experts;
  } catch {
    return false;
  }
}

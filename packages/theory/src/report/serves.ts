import type { Gate } from '@tfjs-moe/core';

/** Whether a gate can choose from so many experts. */
export function serves(gate: Gate, experts: number): boolean {
  try {
    gate.params(1, experts);
    return gate.expertsPerToken(experts) <= experts;
  } catch {
    return false;
  }
}

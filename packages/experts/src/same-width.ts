import { MoeError } from '@tfjs-moe/core';

/** Refuses other output units than there are inputs, for experts whose output has x in it. */
export function expectSameWidth(who: string, inputDim: number, units: number): void {
  if (inputDim === units) return;
  throw new MoeError(who, `x is in the output, so units must be the number of inputs (${inputDim})`, units);
}

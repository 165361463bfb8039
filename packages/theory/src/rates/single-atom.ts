import type { Gate } from '@tfjs-moe/core';
import { gateTraits, levelsOf } from '@tfjs-moe/measures';

/** What is said of a rate where no atom is left to fix the gauge. */
export const aloneNote: string =
  'the over-fitted atom is the only one of its softmax, so that its gate has no part in the function: the theorems need ' +
  'another one that is fitted exactly';

/** Whether every softmax that weighs single experts has one of them alone. */
export function isAlone(gate: Gate, experts: number | undefined): boolean {
  if (experts === undefined) return false;
  const { form } = gateTraits(gate, experts);
  if (form === undefined) return false;
  const level = levelsOf(form, experts).at(-1)!;
  return level.form.type === 'competitive' && level.sizes.every((size) => size === 1);
}

import { MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { amplitudeSplit } from '../counterexamples/amplitude-split.ts';

/**
 * The measure with its first atom in two parts that share its gate: a best approximation of a mixture with an atom less,
 * which it equals. Nothing where no such parts add up to it.
 */
export function splitAtom(of: MixingMeasure): MixingMeasure | undefined {
  try {
    return amplitudeSplit(of).other;
  } catch (error) {
    if (error instanceof MoeError) return undefined;
    throw error;
  }
}

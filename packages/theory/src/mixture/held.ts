import type { MeasureShape, MixingMeasure } from '@tfjs-moe/measures';

/** A mixture some numbers of which are known, and are no parameters. */
export interface HeldShape extends MeasureShape {
  /** By the names that they have in relations: `expert/kernel[0,0]#1`. */
  readonly held?: ReadonlySet<string>;
  /** The gate and the expert as if nothing of them were known. */
  readonly printed?: Pick<MeasureShape, 'gate' | 'expert'>;
}

const none: ReadonlySet<string> = new Set();

/** The single numbers of a mixture that are known. What a whole parameter holds is known by `trainable: false`. */
export const heldOf = (of: MeasureShape): ReadonlySet<string> => (of as HeldShape).held ?? none;

/** A mixture all of whose numbers are parameters again: what definitions print their sets of. */
export function asPrinted(of: MixingMeasure): MixingMeasure {
  const { held, printed, ...rest } = of as MixingMeasure & HeldShape;
  return printed === undefined ? of : { ...rest, ...printed };
}

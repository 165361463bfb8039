import type { Numbers, ParamSpecs } from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';

/** A mixture some numbers of which are known, and are no parameters. */
export interface HeldShape extends MeasureShape {
  /** By the names that they have in relations: `expert/kernel[0,0]#1`. */
  readonly held?: ReadonlySet<string>;
  /** The values of numbers that are known, where they were given, by the same names. */
  readonly at?: ReadonlyMap<string, number>;
  /** The gate and the expert as if nothing of them were known. */
  readonly printed?: Pick<MeasureShape, 'gate' | 'expert'>;
}

const none: ReadonlySet<string> = new Set();

/** The single numbers of a mixture that are known. What a whole parameter holds is known by `trainable: false`. */
export const heldOf = (of: MeasureShape): ReadonlySet<string> => (of as HeldShape).held ?? none;

/** A mixture all of whose numbers are parameters again: what definitions print their sets of. */
export function asPrinted(of: MixingMeasure): MixingMeasure {
  const { held, at, printed, ...rest } = of as MixingMeasure & HeldShape;
  return printed === undefined ? of : { ...rest, ...printed };
}

/** A mixture whose known numbers are at the values that were given, wherever the others were drawn. */
export function withKnownValues(of: MixingMeasure): MixingMeasure {
  const { at } = of as HeldShape;
  if (at === undefined || at.size === 0) return of;
  const specs = measureSpecs(of);
  const placed = (part: 'gate' | 'expert', numbers: Numbers): Numbers =>
    Object.fromEntries(
      Object.entries(numbers).map(([name, values]) => {
        const labels = labelsOf(part, name, specs[part]);
        return [name, values.map((value, i) => at.get(labels[i]!) ?? value)];
      }),
    );
  return {
    ...of,
    gateParams: placed('gate', of.gateParams),
    expertParams: placed('expert', of.expertParams),
  };
}

/** The names of all numbers of a parameter, whether they are known or not. */
export function labelsOf(part: 'gate' | 'expert', name: string, specs: ParamSpecs): string[] {
  return paramLabels({ [name]: { ...specs[name]!, trainable: true } }).map((label) => `${part}/${label}`);
}

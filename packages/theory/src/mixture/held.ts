import { MoeError, type Numbers, type ParamSpec, type ParamSpecs } from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';
import { type Ties, tiesOf } from './ties.ts';

/** A mixture some numbers of which are known, and are no parameters, or are one parameter. */
export interface HeldShape extends MeasureShape {
  /** By the names that they have in relations: `expert/kernel[0,0]#1`. */
  readonly held?: ReadonlySet<string>;
  /** The values of numbers that are known, where they were given, by the same names. */
  readonly at?: ReadonlyMap<string, number>;
  /** Single numbers that are equal. */
  readonly ties?: Ties;
  /** The gate and the expert as if nothing of them were known. */
  readonly printed?: Pick<MeasureShape, 'gate' | 'expert'>;
}

const none: ReadonlySet<string> = new Set();

/** The single numbers of a mixture that are known. What a whole parameter holds is known by `trainable: false`. */
export const heldOf = (of: MeasureShape): ReadonlySet<string> => (of as HeldShape).held ?? none;

/** A mixture all of whose numbers are parameters again: what definitions print their sets of. */
export function asPrinted(of: MixingMeasure): MixingMeasure {
  const { held, at, ties, printed, ...rest } = of as MixingMeasure & HeldShape;
  return printed === undefined ? of : { ...rest, ...printed };
}

/**
 * A mixture whose known numbers are at the values that were given, wherever the others were drawn, and whose tied ones are
 * equal: the first of them that all may be.
 */
export function withKnownValues(of: MixingMeasure): MixingMeasure {
  const { at = new Map<string, number>() } = of as HeldShape;
  const ties = tiesOf(of);
  if (at.size === 0 && ties.size === 0) return of;
  const specs = measureSpecs(of);
  const tied = tiedValues(of, specs, ties);
  const placed = (part: 'gate' | 'expert', numbers: Numbers): Numbers =>
    Object.fromEntries(
      Object.entries(numbers).map(([name, values]) => {
        const labels = labelsOf(part, name, specs[part]);
        return [
          name,
          values.map((value, i) => at.get(labels[i]!) ?? tied.get(ties.get(labels[i]!) ?? '') ?? value),
        ];
      }),
    );
  return {
    ...of,
    gateParams: placed('gate', of.gateParams),
    expertParams: placed('expert', of.expertParams),
  };
}

/** The value of every class of numbers that are tied. */
function tiedValues(
  of: MixingMeasure,
  specs: ReturnType<typeof measureSpecs>,
  ties: Ties,
): ReadonlyMap<string, number> {
  if (ties.size === 0) return new Map();
  const members = new Map<string, { readonly value: number; readonly spec: ParamSpec }[]>();
  for (const [part, numbers] of [
    ['gate', of.gateParams],
    ['expert', of.expertParams],
  ] as const)
    for (const [name, values] of Object.entries(numbers))
      labelsOf(part, name, specs[part]).forEach((label, i) => {
        const first = ties.get(label);
        if (first === undefined) return;
        const own = { value: values[i]!, spec: specs[part][name]! };
        members.set(first, [...(members.get(first) ?? []), own]);
      });
  return new Map(
    [...members].map(([first, own]) => {
      const found = own.find(({ value }) => own.every(({ spec }) => isAllowed(value, spec)));
      const positive = found ?? own.find(({ value }) => own.every(({ spec }) => isAllowed(-value, spec)));
      if (positive === undefined)
        throw new MoeError(
          'identifiability',
          'tied: no value was found that all numbers of a tie may have',
          first,
        );
      return [first, found === undefined ? -positive.value : positive.value];
    }),
  );
}

const isAllowed = (value: number, { constraint = {} }: ParamSpec) =>
  value >= (constraint.min ?? -Infinity) && value <= (constraint.max ?? Infinity);

/** The names of all numbers of a parameter, whether they are known or not. */
export function labelsOf(part: 'gate' | 'expert', name: string, specs: ParamSpecs): string[] {
  return paramLabels({ [name]: { ...specs[name]!, trainable: true } }).map((label) => `${part}/${label}`);
}

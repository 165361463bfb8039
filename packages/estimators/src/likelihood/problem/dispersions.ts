import { type Family, familyOf } from '@tfjs-moe/measures';

/** The positive numbers beside outputs that a model has. */
export interface Dispersions {
  /** What each is called, and the first of the experts that have it. */
  readonly each: readonly { readonly name: string; readonly expert: number }[];
  /** How many there would be if all were of one kind: 1 where it is common, else as many as experts. */
  readonly copies: number;
  /** Which of them is that of each expert, from 0; -1 of one that has none. */
  readonly of: Int32Array;
}

/** The dispersions of a model's experts; a zero expert, whose law does not depend on one, has that of another. */
export function dispersionsOf(
  family: Family,
  experts: number,
  { variances, zeroExpert = false }: { readonly variances: 'common' | 'own'; readonly zeroExpert?: boolean },
): Dispersions {
  const own = experts - (zeroExpert ? 1 : 0);
  const each = Array.from({ length: variances === 'common' ? 1 : own }, (_, expert) => ({
    expert,
    name: familyOf(family, expert).dispersion?.name,
  })).flatMap(({ name, expert }) => (name === undefined ? [] : [{ name, expert }]));
  const placeOf = (expert: number) => each.findIndex((one) => one.expert === expert);
  return {
    each,
    copies: family.families === undefined ? each.length : experts,
    of: Int32Array.from({ length: experts }, (_, e) =>
      variances === 'common' ? each.length - 1 : placeOf(Math.min(e, own - 1)),
    ),
  };
}

import { MoeError } from '@tfjs-moe/core';
import type { Family } from './family.ts';

/**
 * The family of one expert: its own, where there is one for each.
 * @throws MoeError for an expert that has none
 */
export function familyOf(family: Family, expert: number): Family {
  return family.families === undefined ? family : ofExpert(family.families, expert);
}

/**
 * What belongs to one expert, of as many as there are families.
 * @throws MoeError for an expert that has none, so that none has another's
 */
export function ofExpert<T>(each: readonly T[], expert: number): T {
  if (expert in each) return each[expert]!;
  throw new MoeError(
    'perExpert',
    `there must be a family for each expert, and there are ${each.length}`,
    expert + 1,
  );
}

/** Whether two families are one, with the same options. */
export function isSameFamily(a: Family, b: Family): boolean {
  return a === b || JSON.stringify(a.config) === JSON.stringify(b.config);
}

/** What a family is called: its kind, or those of the experts. */
export function familyName({ kind, families }: Family): string {
  return families === undefined ? kind : families.map(familyName).join(', ');
}

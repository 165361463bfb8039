import type { Family } from './family.ts';

/** The family of one expert: its own, where there is one for each. */
export function familyOf(family: Family, expert: number): Family {
  return family.families?.[expert] ?? family.families?.at(-1) ?? family;
}

/** Whether two families are one, with the same options. */
export function isSameFamily(a: Family, b: Family): boolean {
  return a === b || JSON.stringify(a.config) === JSON.stringify(b.config);
}

/** What a family is called: its kind, or those of the experts. */
export function familyName({ kind, families }: Family): string {
  return families === undefined ? kind : families.map(familyName).join(', ');
}

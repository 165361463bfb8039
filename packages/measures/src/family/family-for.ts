import { MoeError } from '@tfjs-moe/core';
import { type FamilyIdentifier, getFamily } from './define-family.ts';
import type { Family } from './family.ts';

/**
 * The family of so many experts: one for all, or with one for each.
 * @throws MoeError for a list of another length, also where all in it are the same
 */
export function familyFor(who: string, identifier: FamilyIdentifier, experts: number): Family {
  const family = getFamily(identifier, `${who}: family`);
  const listed = Array.isArray(identifier) ? identifier.length : experts;
  const wrong = [listed, family.families?.length ?? experts].find((count) => count !== experts);
  if (wrong === undefined) return family;
  throw new MoeError(who, `family must be one for all, or one for each of ${experts} experts`, wrong);
}

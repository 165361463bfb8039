import { familyOf, gateTraits, isSameFamily } from '@tfjs-moe/measures';
import type { Problem } from './problem.ts';

/** Whether two experts can change places in a model, so that only their order in tables is another. */
export function areExchangeable(
  { layout: { shape, zeroExpert }, family, structure }: Problem,
  a: number,
  b: number,
): boolean {
  if (a === b || isAlikeThroughout({ family, structure })) return true;
  if (gateTraits(shape.gate, shape.experts).form?.type === 'hierarchical') return false;
  if (zeroExpert && Math.max(a, b) === shape.experts - 1) return false;
  return isSameFamily(familyOf(family, a), familyOf(family, b)) && (structure?.isExchangeable(a, b) ?? true);
}

/** Whether a model says the same of all of its experts. */
export function isAlikeThroughout({ family, structure }: Pick<Problem, 'family' | 'structure'>): boolean {
  return structure === undefined && family.families === undefined;
}

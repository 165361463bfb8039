/**
 * Exact relations of a family, by the two arithmetics that know them, in a common form.
 *
 * Either may not apply: exact expressions swell beyond the time, neither arithmetic has an order for selections, and a
 * family may exist over no prime field. Then nothing is returned.
 */
import { MoeError } from '@tfjs-moe/core';
import {
  type FunctionFamily,
  fieldRelations,
  formalRelations,
  type RelationBasis,
} from '@tfjs-moe/numerics/exact';
import { checkpointOf, OutOfTime, withDeadline } from './deadline.ts';

const refusals = ['formalRing', 'fieldPoint', 'fieldRelations'];

/** Relations that are proved. */
export function formally(family: FunctionFamily, deadline: number): RelationBasis | undefined {
  return attempt(() => formalRelations(limited(family, deadline), checkpointOf(deadline)));
}

/** Relations that are true up to a tiny probability. */
export function overFields(
  family: FunctionFamily,
  seed: number,
  deadline: number,
): RelationBasis | undefined {
  const checkpoint = checkpointOf(deadline);
  return attempt(() => fieldRelations(limited(family, deadline), { seed, checkpoint }));
}

function limited({ inputDim, evaluate }: FunctionFamily, deadline: number): FunctionFamily {
  return { inputDim, evaluate: (ring, x) => evaluate(withDeadline(ring, deadline), x) };
}

function attempt(find: () => RelationBasis): RelationBasis | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    if (error instanceof MoeError && refusals.includes(error.who)) return undefined;
    throw error;
  }
}

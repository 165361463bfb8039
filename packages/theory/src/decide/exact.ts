/**
 * Exact relations of a family, by the two arithmetics that know them, in a common form.
 *
 * Either may not apply: exact expressions swell beyond the allowance, neither arithmetic has an order for selections, and a
 * family may exist over no prime field. Then nothing is returned.
 */
import { MoeError } from '@tfjs-moe/core';
import {
  type FunctionFamily,
  fieldRank,
  fieldRelations,
  formalRelations,
  type RelationBasis,
} from '@tfjs-moe/numerics/exact';
import { type Allowance, metered, type Price, prices, Spent } from './allowance.ts';

const refusals = ['formalRing', 'fieldPoint', 'fieldRelations'];

/** Relations that are proved. */
export function formally(family: FunctionFamily, allowance: Allowance): RelationBasis | undefined {
  return attempt(() => formalRelations(limited(family, allowance, prices.formal), allowance.spend));
}

/** Relations that are true up to a tiny probability. */
export function overFields(
  family: FunctionFamily,
  seed: number,
  allowance: Allowance,
): RelationBasis | undefined {
  return attempt(() =>
    fieldRelations(limited(family, allowance, prices.residues), { seed, checkpoint: allowance.spend }),
  );
}

/** At most so many functions are independent, up to a tiny probability; nothing where prime fields do not tell. */
export function rankOverFields(
  family: FunctionFamily,
  seed: number,
  allowance: Allowance,
): number | undefined {
  return attempt(() =>
    fieldRank(limited(family, allowance, prices.residues), { seed, checkpoint: allowance.spend }),
  );
}

function limited({ inputDim, evaluate }: FunctionFamily, allowance: Allowance, price: Price): FunctionFamily {
  return { inputDim, evaluate: (ring, x) => evaluate(metered(ring, allowance, price), x) };
}

function attempt<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Spent) return undefined;
    if (error instanceof MoeError && refusals.includes(error.who)) return undefined;
    throw error;
  }
}

import { type ExpertCase, isStrong } from './expert-case.ts';
import { atomRates, type Rate } from './rate.ts';
import type { CounterexampleName } from './tried.ts';

/** What a theorem says of over-fitted atoms with some experts. */
export interface Claim {
  readonly rate: 'n^(-1/2)' | 'n^(-1/4)' | 'slower than any polynomial';
  /** Theorem and paper. */
  readonly source: string;
  readonly note?: string | undefined;
}

/** What the literal definition asks and what the proof needs. */
const literalNote: string =
  'read literally, strong identifiability fails for every expert of an inner product (x_u d_b h = d_(a_u) h) and, at ' +
  'parameters of opposite signs, for each of these activations; what the proof needs, that no positive semidefinite ' +
  'combination of second derivatives vanishes, holds for these at all others';

/** What softmax gates with linear routers need besides (K5). */
export const fewerThanTwice: string =
  'fewer than twice the true number of atoms, or one atom that is fitted exactly, is needed: see commonTilt';

/** The rate of strongly identifiable experts, as a theorem claims it. */
export function strongly(source: string, condition?: string): Claim {
  return {
    rate: 'n^(-1/4)',
    source,
    note: condition === undefined ? literalNote : `${literalNote}; ${condition}`,
  };
}

/**
 * Over-fitted atoms: what a theorem claims of them, if one does, and what a counterexample says that was run on this gate
 * with this expert. A rate that is claimed where mixtures with one function are a continuum is contradicted; where no
 * theorem claims the case it is not covered, and there is none.
 * @param source where one would look for a theorem
 */
export function overFitted(
  claim: Claim | undefined,
  counterexample: CounterexampleName | undefined,
  source: string,
  note?: string,
): Rate {
  const quantity = 'over-fitted atoms';
  const shown = counterexample !== undefined && { counterexample };
  if (claim !== undefined && (counterexample === undefined || claim.rate === 'slower than any polynomial')) {
    const isLost = counterexample !== undefined;
    return atomRates(quantity, {
      rate: claim.rate,
      status: 'proved in the paper',
      source: claim.source,
      ...shown,
      ...(isLost
        ? { note: 'in truth not identifiable: different mixtures have exactly the same function' }
        : claim.note !== undefined && { note: claim.note }),
    });
  }
  if (claim !== undefined) {
    return atomRates(quantity, {
      rate: 'none',
      status: 'contradicted by our check',
      source: claim.source,
      ...shown,
      note: `${claim.rate} is claimed, but different mixtures have exactly the same function`,
    });
  }
  const lost = 'no theorem speaks of it, but different mixtures have exactly the same function';
  const notes = [counterexample === undefined ? undefined : lost, note].filter((text) => text !== undefined);
  return atomRates(quantity, {
    rate: counterexample === undefined ? 'unknown' : 'none',
    status: 'not covered',
    source,
    ...shown,
    ...(notes.length > 0 && { note: notes.join('; ') }),
  });
}

/** Atoms that are fitted by one atom each: of experts that are strongly identifiable, and are not contradicted. */
export function exact(expert: ExpertCase, source: string, isCovered: boolean = isStrong(expert)): Rate {
  const covered = isCovered && expert.class === 'smooth';
  return atomRates('exact atoms', {
    rate: covered ? 'n^(-1/2)' : 'unknown',
    status: covered ? 'proved in the paper' : 'not covered',
    source,
    ...(covered && { note: literalNote }),
  });
}

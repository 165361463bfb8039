import type { ExpertClass } from './classify.ts';
import { atomRates, type Rate } from './rate.ts';

export interface Theorems {
  /** For strongly identifiable experts. */
  readonly strong: string;
  /** By class of expert: what shows that no polynomial rate exists. */
  readonly weak: Partial<Readonly<Record<ExpertClass, string>>>;
  /** What else `strong` needs. */
  readonly condition?: string;
}

/** What the literal definition asks and what the proof needs. */
const literalNote: string =
  'read literally, strong identifiability fails for every expert of an inner product (x_u d_b h = d_(a_u) h); ' +
  'what the proof needs, that no positive semidefinite combination of second derivatives vanishes, holds for these';

/** What softmax gates with linear routers need besides (K5). */
export const fewerThanTwice: string =
  'fewer than twice the true number of atoms, or one atom that is fitted exactly, is needed: see commonTilt';

const splits: Partial<Record<ExpertClass, string>> = {
  linear: 'biasSplit',
  'input-free': 'biasSplit',
  polynomial: 'scaleSplit',
  relu: 'scaleSplit',
  'output scale': 'scaleSplit',
};

/**
 * Over-fitted atoms under the gates whose theorems share one form: $n^{-1/4}$ for strongly identifiable experts, slower
 * than any polynomial for linear ones, and exact counterexamples for the homogeneous experts that the papers count among
 * the good ones.
 */
export function overFitted(expert: ExpertClass, { strong, weak, condition }: Theorems): Rate {
  const counterexample = splits[expert];
  if (expert === 'smooth') {
    return atomRates('over-fitted atoms', {
      rate: 'n^(-1/4)',
      status: 'proved in the paper',
      source: strong,
      note: condition === undefined ? literalNote : `${literalNote}; ${condition}`,
    });
  }
  const slow = weak[expert];
  if (slow !== undefined) {
    return atomRates('over-fitted atoms', {
      rate: 'slower than any polynomial',
      status: 'proved in the paper',
      source: slow,
      ...(counterexample !== undefined && { counterexample }),
      note: 'in truth not identifiable: different mixtures have exactly the same function',
    });
  }
  if (expert === 'relu' || expert === 'output scale') {
    return atomRates('over-fitted atoms', {
      rate: 'none',
      status: 'contradicted by our check',
      source: strong,
      counterexample: 'scaleSplit',
      note: 'the expert is homogeneous, so different mixtures have exactly the same function',
    });
  }
  return atomRates('over-fitted atoms', {
    rate: counterexample === undefined ? 'unknown' : 'none',
    status: 'not covered',
    source: strong,
    ...(counterexample !== undefined && {
      counterexample,
      note: 'no theorem speaks of it, but different mixtures have exactly the same function',
    }),
  });
}

/** Atoms that are fitted by one atom each. */
export function exact(expert: ExpertClass, source: string): Rate {
  const covered = expert === 'smooth';
  return atomRates('exact atoms', {
    rate: covered ? 'n^(-1/2)' : 'unknown',
    status: covered ? 'proved in the paper' : 'not covered',
    source,
    ...(covered && { note: literalNote }),
  });
}

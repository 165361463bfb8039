import type { Proof, RelationTerm } from '../verdict/relation.ts';
import type { Inconclusive } from '../verdict/verdict.ts';

/** A direction in which over-fitted atoms move without a trace of first or second order. */
export interface NullDirection {
  /** In words: `expert/bias[0] of atom 1`. */
  readonly name: string;
  /** The equation that proves it: `d2/d(expert/bias[0])2 psi1 = 0`. */
  readonly text: string;
  /** Without dollar signs. */
  readonly latex: string;
  /** 2: the quadratic part M is not zero. 1: the Jacobian is dependent already, and M is zero. */
  readonly order: 1 | 2;
  /** How the equation is known; `dimension`: more functions than the space that they lie in has dimensions. */
  readonly proof: Proof | 'dimension';
  /** Rank of M where it is no single direction: as many atoms in a cell as this and one more are needed for it. */
  readonly rank?: number;
  /** Over-fitted atoms that move, from 0; empty for order 1. */
  readonly atoms: readonly number[];
  /**
   * M is $uu^\top$ for each of these atoms: the entries of u that are not zero, by name of the parameter; empty for
   * order 1 and where M has another rank.
   */
  readonly vector: Readonly<Record<string, number>>;
  /** The right side of the equation, function by function; only where a formal ring proves one of order 2. */
  readonly terms?: readonly RelationTerm[];
}

/** The criterion fails: over-fitted atoms of this pair are not estimated at $n^{-1/4}$. */
export interface SecondOrderDependent {
  readonly verdict: 'dependent';
  readonly direction: NullDirection;
}

/** The criterion holds: $n^{-1/4}$, proved by a signed measure on finitely many inputs. */
export interface SecondOrderIndependent {
  readonly verdict: 'independent';
  /** Proved lower bound on the smallest singular value of the first-order functions at the points. */
  readonly sigmaMin: number;
  /** Proved lower bound on the smallest eigenvalue of the integrals of second derivatives, the measure's mass being 1. */
  readonly curvature: number;
  /** The arithmetic of the proof. */
  readonly level: 'double-double' | 'balls';
  readonly bits: number;
  readonly points: number;
}

/**
 * Verdicts of the second-order criterion: the words are those of `Verdict`, the certificates are its own.
 *
 * What was asked, and the answer.
 */
export type SecondOrderVerdict = (SecondOrderDependent | SecondOrderIndependent | Inconclusive) & {
  readonly criterion: 'positive semidefinite';
  /** The atoms that are fitted by several, from 0; all others are fitted exactly. */
  readonly overSpecified: readonly number[];
  /** What a reader must know to read the verdict: the region, the gauge, what was fixed. */
  readonly notes: readonly string[];
};

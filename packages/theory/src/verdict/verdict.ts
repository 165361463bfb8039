import type { FunctionLabel } from './labelled-family.ts';
import type { NamedRelation } from './relation.ts';

/**
 * The arithmetic that a certificate needed. `float64`: values within radii of about $10^{-30}$, one float64
 * factorisation. `double-double`: products in double-double before it. `balls`: values and products in integers.
 */
export type CertificateLevel = 'float64' | 'double-double' | 'balls';

/** A proof that functions are linearly independent: at some points their values have full column rank. */
export interface IndependenceCertificate {
  /** Proved lower bound on the smallest singular value of the matrix of values. */
  readonly sigmaMin: number;
  readonly level: CertificateLevel;
  /** Bits that the values were enclosed with: 106 in double-double. */
  readonly bits: number;
  /** Number of points, the rows of the matrix. */
  readonly points: number;
}

/** What would have to be raised for an answer. */
export interface Shortfall {
  /** Most bits that were tried; 0 where the budget ended before any. */
  readonly bits: number;
  /** What to raise, for a reader. */
  readonly raise: string;
}

/** The functions are linearly dependent: relations, each with its proof, and a word on all others. */
export interface Dependent {
  readonly verdict: 'dependent';
  readonly relations: readonly NamedRelation[];
  /** The functions that are left when every left side is taken away; there may be none. */
  readonly remaining: readonly FunctionLabel[];
  /** The proof that no further relation exists, or why there is none. */
  readonly rest: IndependenceCertificate | Shortfall;
}

/** The functions are linearly independent, with the certificate. */
export interface Independent extends IndependenceCertificate {
  readonly verdict: 'independent';
}

/** Neither was proved: with which precision, and what would help. */
export interface Inconclusive extends Shortfall {
  readonly verdict: 'inconclusive';
}

/**
 * Verdicts on the linear independence of a family of functions.
 *
 * *dependent* comes with relations and the way they are known, *independent* with a certificate, *inconclusive* with the
 * precision that was reached. No verdict rests on a threshold on float64 singular values. All of them hold at the
 * parameter values that the family was built with: independence there extends to almost all parameters of an analytic
 * family, dependence at random parameters is strong evidence of a general relation, not a proof of one.
 */
export type Verdict = Dependent | Independent | Inconclusive;

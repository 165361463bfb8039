import type { MixtureProgram } from '../program/mixture-program.ts';

/** A number of a matrix: an integer and a radius, in units of $2^{-bits}$, as decimal text. */
export type EnclosedNumber = readonly [mid: string, radius: string];

/** $\partial_{left} f = \sum_i c_i\,\partial_i f$ by names of parameters, the coefficients as fractions such as `-3/4`. */
export interface CertifiedRelation {
  readonly left: string;
  readonly terms: readonly (readonly [name: string, coefficient: string])[];
}

/** Functions that are independent, with what proves it: at some points their values have full column rank. */
export interface CertifiedIndependence {
  /** Names of the parameters whose derivatives these are. */
  readonly functions: readonly string[];
  readonly points: readonly (readonly number[])[];
  readonly bits: number;
  /** A row per point, an entry per function. */
  readonly matrix: readonly (readonly EnclosedNumber[])[];
  /** Lower bound on the smallest singular value of the matrix. */
  readonly sigmaMin: number;
}

/** What the mixture is worth at some points: a certificate whose model was changed contradicts it. */
export interface CertifiedValues {
  readonly points: readonly (readonly number[])[];
  readonly bits: number;
  readonly output: readonly EnclosedNumber[];
}

/** A signed measure that proves the second-order criterion. */
export interface CertifiedMeasure {
  /** Atoms that are over-fitted, from 0, with the parameters that are their own. */
  readonly blocks: readonly { readonly atom: number; readonly coordinates: readonly string[] }[];
  /** Atoms whose mass is no parameter of the gate, and a free function of its own. */
  readonly masses: readonly number[];
  /** Of sigmoid gates: the mixed functions that are combinations of other free ones. */
  readonly ties?: readonly CertifiedTie[];
  readonly points: readonly (readonly number[])[];
  readonly bits: number;
  /** A weight per point, in units of $2^{-bits}$. */
  readonly weights: readonly string[];
  /** Lower bound on the smallest singular value of the free functions at the points. */
  readonly sigmaMin: number;
  /** Lower bound on the eigenvalues of the integrals of second derivatives, the measure's mass being 1. */
  readonly curvature: number;
}

/**
 * A mixed function of a sigmoid gate, $\partial_u z\,\partial_v h$ by the names of both parameters, as a combination of
 * free functions of the same atom: mixed ones, or by one name those that belong to a parameter of the router,
 * $\partial_u z\,(h - f)$, of the expert, $\partial_v h$, or to the mass, $h - f$. Without f where there is no sum below.
 */
export interface CertifiedTie {
  readonly left: readonly [gate: string, expert: string];
  readonly terms: readonly (readonly [
    of: string | readonly [gate: string, expert: string],
    coefficient: string,
  ])[];
}

/**
 * A null direction of second order: $\sum_j u_j^\top\nabla^2\psi_j\,u_j$ is a combination of free functions, which are
 * derivatives of the mixture by the name of the parameter, or $\psi_j$ by the number of the atom. Of sigmoid gates they are
 * functions as in a `CertifiedTie`, and where there are no vectors their combination is zero.
 */
export interface CertifiedDirection {
  /** Of sigmoid gates: the over-fitted atoms, from 0. */
  readonly over?: readonly number[];
  readonly vectors: readonly {
    readonly atom: number;
    readonly entries: readonly (readonly [name: string, value: number])[];
  }[];
  readonly terms: readonly (readonly [of: string | number, coefficient: string])[];
}

/**
 * A certificate as JSON: a verdict with everything that is needed to check it on a machine without this project. The
 * mixture is written down step by step (`model`), and what the verdict speaks about are its derivatives.
 *
 * `python3 packages/theory/verifier/verify.py certificate.json` checks one; the format is described beside it.
 */
export interface CertificateJson {
  readonly format: 'tfjs-moe certificate';
  readonly version: 1;
  readonly question: 'first order' | 'second order';
  readonly verdict: 'independent' | 'dependent';
  /** In words, for a reader: nothing is proved from it. */
  readonly about: { readonly gate: string; readonly expert: string; readonly experts: number };
  readonly model: MixtureProgram;
  readonly values: CertifiedValues;
  /** Names of the parameters whose derivatives the verdict speaks about. */
  readonly functions: readonly string[];
  /** Parameters that the gauge fixes, with the relation by which their derivatives say nothing new. */
  readonly gauge: readonly CertifiedRelation[];
  /** Of a dependent verdict. */
  readonly relations: readonly CertifiedRelation[];
  /** Of first order: that the functions on no left side are independent. Absent where that was not proved. */
  readonly independence?: CertifiedIndependence;
  /** Of second order, where the criterion fails and the first order does not. */
  readonly direction?: CertifiedDirection;
  /** Of second order, where the criterion holds. */
  readonly measure?: CertifiedMeasure;
}

import type { Activation } from '../activation.ts';
import type { Numbers } from '../params.ts';
import type { Units } from './units.ts';

/**
 * What a router says of itself beside its formula. Every member is optional, and whoever reads one can do without;
 * `testRouter` holds each against the formula.
 */
export interface RouterTraits {
  /** How the score ends. */
  readonly form?: RouterForm | undefined;
  /** Groups of parameters in which the score is homogeneous, each by itself. */
  readonly homogeneous?: readonly Homogeneity[] | undefined;
  /** Parameters of which all experts' copies may move together, which a softmax does not see. */
  readonly shifts?: readonly CommonShift[] | undefined;
  /** What the score is linear in, where that is so: its own parameters in other coordinates. */
  readonly coordinates?: Coordinates | undefined;
  /** Hidden units, whose numbers may change places, sign or scale. */
  readonly units?: readonly Units[] | undefined;
}

/** A score $\pi(x) = \varphi(u^\top v + b)$ with u the input or features that depend on neither v nor b. */
export interface RouterForm {
  /** u: `input` is the router of the theory, linear where there is no activation. */
  readonly of: 'input' | 'features';
  /** Name of v. */
  readonly kernel: string;
  /** Name of b, where the router has one of its own. */
  readonly bias?: string | undefined;
  /** $\varphi$. Default `'identity'`. */
  readonly activation?: Activation | undefined;
}

/**
 * Parameters that may be multiplied with c > 0 together, which multiplies the score with $c^{\text{degree}}$. With degree 1
 * a learned temperature cannot be told from their scale; with degree 0 their length cannot be estimated at all.
 */
export interface Homogeneity {
  readonly parameters: readonly string[];
  readonly degree: number;
}

/**
 * Coordinates of an expert that the score is linear in, $\pi_e(x) = u(v_e)^\top \psi(x) + o(v_e)\,c$, with v its own
 * parameters, features ψ and a number c that all experts share, and no ψ a combination of the others and of a constant.
 *
 * A gate sees of its parameters what it sees of the coordinates: a softmax their differences, a temperature their directions.
 * Of a cosine $u(\beta) = \beta / (\lVert\beta\rVert + \epsilon)$, which may be shifted and scaled while no length reaches 1;
 * of $-s\lVert x - c\rVert^2$ they are c and 1, and o is $\lVert c\rVert^2$.
 */
export interface Coordinates {
  /** u, a list of one length at all numbers of the parameters that are not shared. */
  of(own: Numbers): readonly number[];
  /** o, whose feature does not depend on the input, so that a bias of the gate makes up for it. Default 0. */
  offset?(own: Numbers): number;
}

/**
 * A parameter to whose every copy the same t may be added: each score then changes by a function of the input that all
 * experts share, and by an offset of its own that a bias of the gate can make up for. A gate that does not see what all
 * its logits have in common does not see such a t.
 *
 * Without an offset this says that the score is affine in the parameter, with a slope that is the same for every expert.
 */
export interface CommonShift {
  readonly parameter: string;
  /**
   * The offset of an expert whose copy of the parameter is `own`, a function of no input. Default 0. For
   * $-s\lVert x - c\rVert^2$ it is $-2s\,c^\top t$.
   */
  offset?(own: readonly number[], t: readonly number[]): number;
}

import type { Activation } from '../activation.ts';
import type { Units } from './units.ts';

/**
 * What an expert says of itself beside its formula, so that theory and estimators need not ask for its kind. Every member
 * is optional, and whoever reads one can do without; `testExpert` holds each against the formula.
 */
export interface ExpertTraits {
  /** How it is written, where it is one affine map, activated or raised to a power. */
  readonly form?: ExpertForm | undefined;
  /**
   * Parameters that the output is linear in, together, at any values of the others: of $h(x) = \lambda\,g(x, \omega)$ the
   * $\lambda$. All parameters of a linear model; the output weights of a network.
   */
  readonly linearIn?: readonly string[] | undefined;
  /** Units whose numbers may change places, sign or scale. */
  readonly units?: readonly Units[] | undefined;
}

/**
 * An expert without hidden layers, $h(x) = \varphi(u W + b)^p$ with u the input, its direction, or nothing.
 *
 * `{ of: 'input', kernel, bias }` is the linear expert, `{ of: 'nothing', bias }` the constant one. `kernel` has the shape
 * [inputs, units], `bias` [units], and there are no other parameters.
 */
export interface ExpertForm {
  /** u: x, its direction $x / \sqrt{\lVert x\rVert^2 + \epsilon^2}$, or nothing: the output does not depend on the input. */
  readonly of: 'input' | 'direction' | 'nothing';
  /** $\epsilon$ of a direction. Default 0. */
  readonly epsilon?: number | undefined;
  /** Name of W; absent where u is nothing. */
  readonly kernel?: string | undefined;
  /** Name of b, if there is one. */
  readonly bias?: string | undefined;
  /** $\varphi$. Default `'identity'`. */
  readonly activation?: Activation | undefined;
  /** p, an integer of at least 1. Default 1. */
  readonly degree?: number | undefined;
}

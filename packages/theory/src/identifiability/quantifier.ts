import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { Verdict } from '../verdict/verdict.ts';

/**
 * For which parameters a verdict holds.
 *
 * `at these parameters`: those that were given. `almost all parameters`: functions of an analytic model that are independent
 * at one draw are independent everywhere but on a set without volume, which contains the symmetries that are listed.
 * `all parameters`: no more of them are independent anywhere than at almost all parameters, and the number there was found
 * twice. `the draws`: the same at independent draws, and nothing follows for others, as for the second order, whose
 * criterion is an inequality. `the region sampled`: of gates that select and of functions with kinks, near the parameters
 * that were drawn and where the points are, for selections and active pieces are others elsewhere. `undecided`: of an
 * inconclusive verdict.
 */
export type Quantifier =
  | 'at these parameters'
  | 'almost all parameters'
  | 'all parameters'
  | 'the draws'
  | 'the region sampled'
  | 'undecided';

/** For which parameters, by how many draws, and what a reader must know. */
export interface Quantified {
  readonly quantifier: Quantifier;
  /** Draws of parameters that the verdict rests on: 0 where they were given. */
  readonly draws: number;
  /** What a reader must know to read the verdict, such as the region that it speaks about. */
  readonly notes: readonly string[];
}

/** What is known of how a verdict was asked. */
export interface Asked {
  /** Draws that agree with it; 0 for given parameters. */
  readonly draws: number;
  /** Whether selections or kinks make the model another one elsewhere. */
  readonly isPiecewise: boolean;
}

/** Of functions that are or are not independent. */
export function quantifierOf({ verdict }: Verdict, { draws, isPiecewise }: Asked): Quantifier {
  if (verdict === 'inconclusive') return 'undecided';
  if (draws === 0) return 'at these parameters';
  if (isPiecewise) return 'the region sampled';
  if (verdict === 'independent') return 'almost all parameters';
  return draws > 1 ? 'all parameters' : 'the draws';
}

/** Of the criterion, which is no matter of rank; where it fails with the first order it does so where that does. */
export function secondQuantifierOf(
  of: SecondOrderVerdict,
  { draws, isPiecewise }: Asked,
  firstOrder: Verdict & Quantified,
): Quantifier {
  if (of.verdict === 'inconclusive') return 'undecided';
  if (of.verdict === 'dependent' && of.direction.order === 1 && firstOrder.verdict === 'dependent')
    return firstOrder.quantifier;
  if (draws === 0) return 'at these parameters';
  return isPiecewise ? 'the region sampled' : 'the draws';
}

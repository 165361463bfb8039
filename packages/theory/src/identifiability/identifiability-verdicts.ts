/**
 * The answers of `identifiability`.
 */
import type { Numbers } from '@tfjs-moe/core';
import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { IdentifiableCombinations } from './combinations.ts';
import type { Quantified } from './quantifier.ts';

/** Weak identifiability, for sigmoid gates in regime 2: over-specified atoms whose gate depends on the input. */
export interface WeakIdentifiability {
  /** As printed: $\{\partial_v h(x, \eta_i)\}$ pooled over the atoms. */
  readonly pooled: Verdict & Quantified & { readonly definition: 'weak identifiability, pooled' };
  /** What regression needs: the Jacobian of the mixture, $\{\sigma' h, x_u \sigma' h, \sigma\,\partial_v h\}$. */
  readonly jacobian: Verdict & Quantified & { readonly definition: 'weak identifiability, Jacobian' };
  /**
   * The same at an atom that is split in two with one gate, whose experts add up to its own (`amplitudeSplit`): the truth
   * is its own best approximation there. Absent for experts that cannot be split so, of which no best approximation is
   * known.
   */
  readonly atSplit?: Verdict &
    Quantified & { readonly definition: 'weak identifiability, Jacobian at a split atom' };
}

/**
 * What `identifiability` returns: a verdict on each of its questions, and the parameters at which it was asked.
 */
export interface Identifiability {
  /** The Jacobian of the mixture without its gauge: atoms that are fitted exactly. */
  readonly firstOrder: Verdict & Quantified;
  /** The positive-semidefinite criterion: atoms that are over-fitted. */
  readonly secondOrder: SecondOrderVerdict & Quantified;
  /** The set printed in the definition. */
  readonly literal: Verdict &
    Quantified & { readonly definition: 'strong identifiability' | 'algebraic independence' };
  /** Of sigmoid gates alone. */
  readonly weak?: WeakIdentifiability;
  /** Where the first order is dependent, and it is proved that nothing else is lost: what is determined instead. */
  readonly combinations?: IdentifiableCombinations;
  /**
   * Permutations and sign flips, from what gate and expert say of themselves: parameters that differ by one of these have the
   * same function or tied derivatives, so that "for all distinct parameters" is never more than up to them.
   */
  readonly symmetries: readonly string[];
  /** Elementary operations that it took, at most those of the budget: about as many as nanoseconds. */
  readonly operations: number;
  /** Where it was asked. */
  readonly parameters: { readonly gateParams: Numbers; readonly expertParams: Numbers };
}

import type { Ops } from './ops.ts';
import type { Distribution } from './stream.ts';

/**
 * GateOps, what gates and balance losses need beyond Ops: the axes of experts and of tokens.
 *
 * A value is [tokens, experts, features] with length 1 where it does not vary; a router's logit is [T, E, 1]. Padding
 * tokens are known to the interpretation, so that no gate or loss can count them by mistake.
 */
export interface GateOps<V> extends Ops<V> {
  /** Softmax over the experts, with max-subtraction. */
  softmax(logits: V): V;
  /** $\log \sum_e e^{z_e}$ over the experts, with max-subtraction; broadcasts against its argument. */
  logSumExp(logits: V): V;
  /** Sum over the experts; broadcasts against its argument. */
  sumExperts(a: V): V;
  /**
   * The k largest of each token's [T, E, 1] scores as k one-hot masks, largest first. Constants: no gradient flows.
   * Ties go to the lower index; NaN counts as the smallest.
   */
  topK(scores: V, k: number): V[];
  /** 1 where a > b, else 0. A constant: no gradient flows. */
  greater(a: V, b: V): V;
  /** 1 where a ≥ b, else 0. A constant: no gradient flows. */
  greaterOrEqual(a: V, b: V): V;
  /** The standard normal distribution function. */
  normalCdf(a: V): V;
  /** The same values, through which no gradient flows. */
  stopGradient(a: V): V;
  /** Fresh noise of a value's shape. Each call draws anew; the interpretation owns the seed. */
  noise(distribution: Distribution, like: V): V;
  /** Sum over the tokens that are not padding: [1, E, F]. */
  sumTokens(a: V): V;
  /** Mean over the tokens that are not padding, 0 if there is none: [1, E, F]. */
  meanTokens(a: V): V;
  /**
   * Softmax over the tokens that are not padding, with max-subtraction; 0 for padding. A token of NaN takes no part in that
   * of the others.
   */
  softmaxTokens(logits: V): V;
  /**
   * For every expert its count(T) largest of the [T, E, 1] scores, among the tokens that are not padding, as one 0/1 mask;
   * T counts padding too. A constant: no gradient flows. Ties go to the earlier token; NaN counts as the smallest.
   */
  topTokens(scores: V, count: (tokens: number) => number): V;
  /**
   * The same operations where every operation over tokens stays inside each sequence, which is one row of the input's first
   * axis; T is then its length, and sums and means are [T, E, F] and broadcast against their argument. Refused where the
   * input has no second axis of tokens.
   */
  inSequences(): GateOps<V>;
  /** The numbers of the experts: 0, ..., experts - 1 as [1, E, 1]. */
  expertNumbers(experts: number): V;
  /**
   * Rows of a parameter of shape [n, F] with one copy, by index [T, 1, 1]: [T, 1, F], NaN outside 0, ..., n - 1. A constant:
   * no gradient flows.
   */
  lookup(table: V, index: V): V;
  /**
   * The same operations where every operation over the experts (softmax, logSumExp, sumExperts, topK) stays inside each
   * of `groups` equal runs of consecutive experts. Calls nest. For runs of unequal sizes take the function `withinRuns`.
   */
  within(groups: number): GateOps<V>;
  /** Repeats each group's value over its members: [T, G, F] becomes [T, E, F] with the experts of `like`. */
  spread(groupValues: V, like: V): V;
  /** The values of runs of consecutive experts of these sizes, which add up to the experts: [T, size, F] each. */
  runs(a: V, sizes: readonly number[]): V[];
  /** The inverse of `runs`: the experts of all runs, one run after the other. */
  joined(runs: readonly V[]): V;
  /** What `withinRuns` is for sizes, where an interpretation has its own notion of it. */
  withinSizes?(sizes: readonly number[]): GateOps<V>;
}

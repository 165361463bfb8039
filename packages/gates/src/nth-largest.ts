import type { GateOps } from '@tfjs-moe/core';

/** Where an order statistic is looked for: an interval, and how often it is halved. */
export interface Bracket {
  readonly low: number;
  readonly width: number;
  readonly halvings: number;
}

/** The weights of a softmax or of sigmoids, as closely as float32 tells them apart near 1. */
export const unitBracket: Bracket = { low: 0, width: 1, halvings: 24 };

/**
 * The n-th largest of scores, from below and to the last of the halvings: at least n scores are not less. A number n that is
 * not whole is rounded up; a score outside the interval counts as its nearest end.
 *
 * By bisection and not by sorting: it needs nothing but how many scores there are above a number, so that the number n may
 * depend on the tokens that are not padding, the scores may be those of one expert or of all, and NaN counts as no score.
 *
 * @param count how many of the scores a 0/1 mask has, where n is one of n
 */
export function nthLargest<V>(
  ops: GateOps<V>,
  scores: V,
  n: V,
  count: (mask: V) => V,
  { low, width, halvings }: Bracket,
): V {
  const values = ops.stopGradient(scores);
  // Division on some backends is not exact, and must not make 5 a number above 5.
  const wanted = ops.sub(n, ops.constant(0.01));
  let below = ops.constant(low);
  for (let part = width / 2, i = 0; i < halvings; part /= 2, i++) {
    const step = ops.constant(part);
    const isAbove = ops.greaterOrEqual(count(ops.greaterOrEqual(values, ops.add(below, step))), wanted);
    below = ops.add(below, ops.mul(isAbove, step));
  }
  return below;
}

/** How many tokens that are not padding have a number for a score, of every expert. */
export function tokensOf<V>(ops: GateOps<V>, scores: V): V {
  const zero = ops.constant(0);
  return ops.sumTokens(ops.add(ops.greaterOrEqual(scores, zero), ops.greater(zero, scores)));
}

/**
 * Moves state towards the mean over the tokens of a step, by a part from 0 to 1; without tokens it stays.
 * @param sum of what the batches say, each times its tokens
 */
export function movedTo<V>(
  ops: GateOps<V>,
  state: V,
  { sum, tokens }: { readonly sum: V; readonly tokens: V },
  part: V,
): V {
  const isNone = ops.greaterOrEqual(ops.constant(0), tokens);
  const mean = ops.div(sum, ops.add(tokens, isNone));
  const isSome = ops.sub(ops.constant(1), isNone);
  return ops.add(state, ops.mul(ops.mul(isSome, part), ops.sub(mean, state)));
}

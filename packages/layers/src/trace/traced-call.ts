import * as tf from '@tensorflow/tfjs-core';
import type { RoutingPlan } from '../routing-plan.ts';
import { addAll } from '../tensor/add-all.ts';
import { detach } from '../tensor/detach.ts';
import type { TracedCall } from './routing-trace.ts';

/** What a call says of its tokens; the rest of a `TracedCall` is where and when it was. */
export type TokensOfCall = Pick<
  TracedCall,
  'experts' | 'expertsPerToken' | 'choices' | 'weights' | 'margins'
>;

/**
 * The numbers of a plan as one tensor [T, 3 E + 1], to be read when its time has come: the rank of every expert's choice
 * (0 where it is not chosen), weights, scores, and whether the token counts.
 */
export function planTensor(
  { tokens, choices_TE, weights_TE, scores_TE, logits_TE }: RoutingPlan,
  mask_T1?: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const ranks = choices_TE.map((choice, rank) => tf.mul(detach(choice), rank + 1));
    return tf.concat(
      [addAll(ranks), detach(weights_TE), detach(scores_TE ?? logits_TE), mask_T1 ?? tf.ones([tokens, 1])],
      1,
    ) as tf.Tensor2D;
  });
}

/** What the numbers of a plan say. */
export function tokensOfCall(
  values: ArrayLike<number>,
  { tokens, experts, expertsPerToken }: Pick<RoutingPlan, 'tokens' | 'experts' | 'expertsPerToken'>,
): TokensOfCall {
  const width = 3 * experts + 1;
  const rows = Array.from({ length: tokens }, (_, t) => {
    const at = (block: number, e: number) => values[t * width + block * experts + e]!;
    if (!(at(3, 0) > 0)) return { chosen: null, weights: null, margin: null };
    const all = Array.from({ length: experts }, (_, e) => e);
    // Inside one mask the largest weight first, then the lower index.
    const chosen = all
      .filter((e) => at(0, e) > 0)
      .sort((a, b) => at(0, a) - at(0, b) || at(1, b) - at(1, a) || a - b);
    const rejected = all.filter((e) => !(at(0, e) > 0));
    return {
      chosen,
      weights: chosen.map((e) => shortest(at(1, e))),
      margin: marginOf(
        chosen.map((e) => at(2, e)),
        rejected.map((e) => at(2, e)),
      ),
    };
  });
  return {
    experts,
    expertsPerToken,
    choices: rows.map(({ chosen }) => chosen),
    weights: rows.map(({ weights }) => weights),
    margins: rows.map(({ margin }) => margin),
  };
}

/** The smallest score that was chosen less the largest that was not. */
function marginOf(chosen: readonly number[], rejected: readonly number[]): number | null {
  if (chosen.length === 0 || rejected.length === 0) return null;
  const [last, first] = [Math.min(...chosen), Math.max(...rejected)];
  return last === first ? 0 : shortest(last - first);
}

/** A number of float32 with the digits that tell it from its neighbours. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}

import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { expertOps } from '../interpretation/expert-ops.ts';
import type { Priority } from '../priorities/define-priority.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { addAll } from '../tensor/add-all.ts';
import { onEveryRow } from '../tensor/expert-axis.ts';
import { takeRows } from '../tensor/take-rows.ts';
import type { Dispatcher } from './dispatcher.ts';
import { fromRows, toRows } from './rows.ts';
import { assignSlots, rowsOfSlots } from './slots.ts';

/**
 * Capacity dispatch: static buffers [E, C, D], as GPUs like them. An expert takes at most C tokens; the rest is dropped
 * and adds nothing to the output.
 *
 * Who is dropped: all first choices come before all second choices, and earlier tokens before later ones (GShard, Switch
 * Transformer, V-MoE). Positions are cumulative sums on the device, so nothing is read back.
 *
 * @param capacityOf how many tokens one expert takes, from the number of tokens in the batch
 */
export function capacityDispatch(capacityOf: (tokens: number) => number): Dispatcher {
  if (development && typeof capacityOf !== 'function')
    throw new MoeError(
      'capacityDispatch',
      'capacityOf must be a function of the number of tokens',
      capacityOf,
    );
  return Object.freeze<Dispatcher>({
    name: 'capacity',
    dispatch(x_TD, plan) {
      const { tokens, experts } = plan;
      const capacity = withinBatch(capacityOf, tokens);
      const slots = assignSlots(plan, capacity);
      const rows = rowsOfSlots(slots, plan, capacity);
      const weights_TE = survivingWeights(plan, slots.kept_TE);
      const input_SD = toRows(x_TD, rows);
      return {
        ops: expertOps,
        input: tf.reshape(input_SD, [experts, capacity, x_TD.shape[1]]),
        layout: 'expertsFirst',
        kept_TE: slots.kept_TE,
        weights_TE,
        eachExpert: (run) =>
          tf.stack(
            Array.from({ length: experts }, (_, e) => {
              const rowsOf = (all: tf.Tensor) => takeRows(all, e * capacity, (e + 1) * capacity);
              return run(rowsOf(input_SD), e, tf.reshape(rowsOf(rows.used_S1), [capacity]));
            }),
          ),
        combine(output) {
          const own = onEveryRow(output, experts, capacity);
          const all_SU = tf.reshape(own, [experts * capacity, output.shape[2]!]);
          return fromRows(all_SU, weights_TE, rows);
        },
      };
    },
  });
}

/**
 * Drops the same pairs and leaves the others to another dispatcher: no buffers, hence no arithmetic on empty slots.
 * @param capacityOf how many tokens one expert takes, from the number of tokens in the batch
 */
export function droppingDispatch(
  capacityOf: (tokens: number) => number,
  { dispatch }: Dispatcher,
): Dispatcher {
  return Object.freeze<Dispatcher>({
    name: 'dropping',
    dispatch(x_TD, plan) {
      const { kept, kept_TE } = assignSlots(plan, withinBatch(capacityOf, plan.tokens));
      return dispatch(x_TD, {
        ...plan,
        choices_TE: kept,
        selected_TE: kept_TE,
        weights_TE: survivingWeights(plan, kept_TE),
      });
    },
  });
}

/** A plan without the pairs for which a priority has no place. */
export function keptBy(
  priority: Priority,
  plan: RoutingPlan,
  capacityOf: (tokens: number) => number,
): RoutingPlan {
  const choices_TE = priority.keep(plan, withinBatch(capacityOf, plan.tokens));
  const selected_TE = addAll(choices_TE);
  return { ...plan, choices_TE, selected_TE, weights_TE: survivingWeights(plan, selected_TE) };
}

function withinBatch(capacityOf: (tokens: number) => number, tokens: number): number {
  return Math.min(Math.max(capacityOf(tokens), 1), tokens);
}

/** Dropped pairs lose their weight; renormalising gives it to the pairs of the same token that are left. */
function survivingWeights(
  { weights_TE, renormalizeAfterDrop }: RoutingPlan,
  kept_TE: tf.Tensor2D,
): tf.Tensor2D {
  const kept = tf.mul(weights_TE, kept_TE) as tf.Tensor2D;
  if (!renormalizeAfterDrop) return kept;
  // The gradient of a quotient squares its denominator: below 1e-19 the square is no normal float32, GPUs may make it 0,
  // and tokens that lost all their experts would send back NaN.
  return tf.div(kept, tf.maximum(tf.sum(kept, 1, true), 1e-18)) as tf.Tensor2D;
}

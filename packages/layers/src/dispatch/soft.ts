import * as tf from '@tensorflow/tfjs-core';
import {
  type Gate,
  type GateOps,
  MoeError,
  type Routing,
  type RoutingContext,
  type SoftRouting,
} from '@tfjs-moe/core';
import { expertOps } from '../interpretation/expert-ops.ts';
import { type RoutingPlan, soundTokens } from '../routing-plan.ts';
import { masked } from '../tensor/masked.ts';
import { takeRows } from '../tensor/take-rows.ts';
import type { Dispatched } from './dispatcher.ts';

/**
 * What a soft routing says of every token and expert: the sums over the slots of each. Metrics and balance losses read it
 * as they read any other; every expert is selected.
 */
function routingOf({ logits, combine }: SoftRouting<tf.Tensor>, experts: number): Routing<tf.Tensor> {
  const slots = (a: tf.Tensor) => tf.reshape(a, [-1, experts, a.shape[1]! / experts]);
  const weights = tf.sum(slots(combine), 2, true);
  const logits_TE1 = tf.logSumExp(slots(logits), 2, true);
  return {
    logits: logits_TE1,
    scores: logits_TE1,
    probabilities: weights,
    weights,
    choices: [tf.onesLike(weights)],
    selectsAll: true,
  };
}

/** What a gate makes of a batch: padding is no part of any combination. */
function route(
  gate: Gate,
  args: readonly [
    GateOps<tf.Tensor>,
    tf.Tensor,
    Readonly<Record<string, tf.Tensor>>,
    RoutingContext<tf.Tensor>,
  ],
  mask: tf.Tensor | undefined,
): { readonly routing: Routing<tf.Tensor>; readonly soft: SoftRouting<tf.Tensor> } {
  const soft = gate.mix!(...args);
  return {
    routing: routingOf(soft, args[3].experts),
    soft: { ...soft, combine: mask ? masked(soft.combine, mask) : soft.combine },
  };
}

/**
 * Soft dispatch: every slot of an expert is a mixture of the tokens, $\text{slot}_s = \sum_t d_{ts} x_t$, and every token a
 * mixture of what the experts make of the slots. Nothing is selected, dropped or sorted: two products on every backend.
 *
 * Source: Puigcerver et al., "From Sparse to Soft Mixtures of Experts" (2023), equations (1) to (3).
 * @param outer the axes of the input before the features
 */
function dispatch(
  soft: SoftRouting<tf.Tensor>,
  x_TD: tf.Tensor2D,
  { tokens, experts, selected_TE, weights_TE }: RoutingPlan,
  outer: readonly number[],
): Dispatched {
  const sequences = soft.perSequence ? outer[0]! : 1;
  const features = x_TD.shape[1];
  const slots = soft.combine.shape[1]! / experts;
  const rows = sequences * slots;
  const perSequence = (a: tf.Tensor): tf.Tensor3D => tf.reshape(a, [sequences, tokens / sequences, -1]);
  // A token of NaN is NaN itself, and no part of any slot.
  const sound_T1 = soundTokens(weights_TE);
  const dispatch_TS = masked(tf.reshape(soft.dispatch, [tokens, -1]), sound_T1);
  const slots_BSD = tf.matMul(perSequence(dispatch_TS), perSequence(masked(x_TD, sound_T1)), true);
  const slots_EBSD = tf.transpose(tf.reshape(slots_BSD, [sequences, experts, slots, features]), [1, 0, 2, 3]);
  const input_SD = tf.reshape(slots_EBSD, [experts * rows, features]);
  return {
    ops: expertOps,
    input: tf.reshape(input_SD, [experts, rows, features]),
    layout: 'expertsFirst',
    kept_TE: selected_TE,
    weights_TE,
    eachExpert: (run) =>
      tf.stack(
        Array.from({ length: experts }, (_, e) => run(takeRows(input_SD, e * rows, (e + 1) * rows), e)),
      ),
    combine(output) {
      const units = output.shape[2]!;
      // An output that ignores its input comes without an axis of slots.
      const full = tf.add(output, tf.zeros([experts, rows, 1]));
      const outputs = tf.transpose(tf.reshape(full, [experts, sequences, slots, units]), [1, 0, 2, 3]);
      const own = tf.reshape(outputs, [sequences, experts * slots, units]) as tf.Tensor3D;
      return tf.reshape(tf.matMul(perSequence(soft.combine), own), [tokens, units]);
    },
  };
}

function expectSuits(who: string, capacity: unknown, weightAt: string): void {
  if (capacity === undefined && weightAt === 'output') return;
  throw new MoeError(
    who,
    'a gate that mixes tokens drops none, and weighs what experts return: it has no capacity and no weightAt',
    capacity ?? weightAt,
  );
}

/** What runs gates that mix tokens. */
export interface SoftDispatch {
  /** Refuses options of the layer that would do nothing. */
  readonly expectSuits: typeof expectSuits;
  readonly route: typeof route;
  readonly dispatch: typeof dispatch;
}

/** What layers are brought. */
export const softDispatch = (): SoftDispatch => ({ expectSuits, route, dispatch });

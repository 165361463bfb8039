import * as tf from '@tensorflow/tfjs-core';
import { type RoutingPlan, soundTokens } from '../routing-plan.ts';
import { addAll } from '../tensor/add-all.ts';
import { floats } from '../tensor/floats.ts';
import { oneHot } from '../tensor/one-hot.ts';
import type { Column, Rows } from './rows.ts';

/**
 * Slots: the place of every selected (token, expert) pair in the experts' buffers, computed on the device.
 *
 * Where the pairs of each priority level went.
 */
export interface Slots {
  /** 0/1 [T, E] for each level: pairs that found a slot. */
  readonly kept: readonly tf.Tensor2D[];
  /** Position in the expert's buffer [T, E] for each level; beyond the capacity for dropped pairs. */
  readonly positions: readonly tf.Tensor2D[];
  /** 0/1 [T, E]: all pairs that found a slot. */
  readonly kept_TE: tf.Tensor2D;
}

/**
 * Fills the buffers level by level, token by token. A token with a NaN among its weights takes no room: the output will
 * be NaN anyway, and the others shall not suffer for it.
 */
export function assignSlots({ choices_TE, weights_TE, experts }: RoutingPlan, capacity: number): Slots {
  const sound_T1 = soundTokens(weights_TE);
  let before_1E: tf.Tensor = tf.zeros([1, experts]);
  const kept: tf.Tensor2D[] = [];
  const positions: tf.Tensor2D[] = [];
  for (const choice_TE of choices_TE) {
    const choice = tf.mul(choice_TE, sound_T1);
    const position = tf.add(tf.cumsum(choice, 0, true), before_1E) as tf.Tensor2D;
    positions.push(position);
    kept.push(tf.mul(choice, floats(tf.less(position, capacity))));
    before_1E = tf.add(before_1E, tf.sum(choice, 0, true));
  }
  return { kept, positions, kept_TE: addAll(kept) };
}

/** Rows that are places of buffers. */
interface SlotRows extends Rows {
  /** 1 for rows in use, 0 for empty ones: [S, 1]. */
  readonly used_S1: tf.Tensor;
}

/** The rows e C, ..., e C + C - 1 are the buffer of expert e. */
export function rowsOfSlots(slots: Slots, plan: RoutingPlan, capacity: number): SlotRows {
  const { tokens, experts } = plan;
  const columns = columnsOf(slots, plan, capacity);
  const size = experts * capacity;
  const none = tokens * experts;

  // Every pair writes its cell into its row, less what stands for none; pairs without a row write into one row too many.
  const first_T = tf.range(-none, 0, experts, 'int32');
  const written = tf.scatterND(
    tf.cast(tf.concat(columns.map(({ row_T1 }) => row_T1)), 'int32'),
    tf.cast(tf.concat(columns.map(({ expert_T }) => tf.add(first_T, expert_T))), 'int32'),
    [size + 1],
  );
  const mark_S1 = tf.reshape(tf.slice(written, [0], [size]), [size, 1]);
  const cell_S1 = tf.cast(tf.add(mark_S1, none), 'int32');
  return {
    columns,
    cell_S1,
    token_S1: tf.cast(tf.floorDiv(cell_S1, tf.scalar(experts, 'int32')), 'int32'),
    used_S1: floats(tf.notEqual(mark_S1, 0)),
  };
}

/** Levels that give each token one expert are columns as they are; a level of many experts has a column for each. */
function columnsOf({ kept, positions }: Slots, plan: RoutingPlan, capacity: number): Column[] {
  const { tokens, experts, expertsPerToken } = plan;
  const expert_1E = tf.range(0, experts, 1, 'float32');
  const nowhere_T1 = tf.fill([tokens, 1], experts * capacity, 'int32');
  const column = (kept_TN: tf.Tensor, expert_TN: tf.Tensor, position_TN: tf.Tensor): Column => {
    const pick = (value: tf.Tensor) => tf.sum(tf.mul(kept_TN, value), 1, true);
    const [expert_T1, valid_T1] = [pick(expert_TN), tf.sum(kept_TN, 1, true)];
    const row_T1 = tf.cast(tf.add(tf.mul(expert_T1, capacity), pick(position_TN)), 'int32');
    return {
      row_T1: tf.where(tf.greater(valid_T1, 0), row_T1, nowhere_T1),
      expert_T: tf.cast(tf.reshape(expert_T1, [tokens]), 'int32'),
      valid_T1,
    };
  };
  if (kept.length === expertsPerToken) {
    return kept.map((level, i) => column(level, expert_1E, positions[i]!));
  }
  return kept.flatMap((level, i) =>
    Array.from({ length: experts }, (_, e) => {
      const only_1E = oneHot(tf.tensor1d([e], 'int32'), experts);
      return column(tf.mul(level, only_1E), expert_1E, positions[i]!);
    }),
  );
}

import * as tf from '@tensorflow/tfjs-core';
import type { Dispatched } from '../dispatch/dispatcher.ts';
import { rowOps } from '../interpretation/row-ops.ts';
import { addAll } from '../tensor/add-all.ts';
import { withGradient } from '../tensor/custom-gradient.ts';
import { floats } from '../tensor/floats.ts';
import { rowRange } from '../tensor/gather-rows.ts';
import { masked } from '../tensor/masked.ts';
import { deviceOffsets, type Offsets } from '../tensor/offsets.ts';
import { takeRows } from '../tensor/take-rows.ts';

/** What some consecutive experts are given, and the interpretation in which they run. */
export type Part = Pick<Dispatched, 'ops' | 'input'>;

/**
 * Runs consecutive experts part by part: every part computes all of its experts at once, however the tokens came to them.
 * @param dispatched what all experts are given
 * @param counts how many experts each part has
 * @param run computes part i; an output without an axis of rows or experts is the same for all
 */
export function runParts(
  dispatched: Dispatched,
  counts: readonly number[],
  run: (part: Part, i: number) => tf.Tensor,
): tf.Tensor {
  const { input, offsets } = dispatched;
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  if (input.rank === 3) return inBuffers(dispatched, starts, counts, run);
  if (offsets === undefined) return oneByOne(dispatched, starts, counts, run);
  return offsets.tensor
    ? onDevice(dispatched, offsets, starts, counts, run)
    : inRows(dispatched, offsets, starts, counts, run);
}

type Run = Parameters<typeof runParts>[2];

const asItIs: NonNullable<Dispatched['inside']> = (ops) => ops;

/** Inputs [1, N, D] that all experts see, or [E, N, D] of which every part takes its own. */
function inBuffers(
  { ops, input }: Dispatched,
  starts: readonly number[],
  counts: readonly number[],
  run: Run,
): tf.Tensor {
  const [experts, rows, features] = input.shape as [number, number, number];
  const outputs = counts.map((count, i) => {
    const ownInput = () => {
      const flat = tf.reshape(input, [experts * rows, features]);
      const own = takeRows(flat, starts[i]! * rows, (starts[i]! + count) * rows);
      return tf.reshape(own, [count, rows, features]);
    };
    const output = run({ ops, input: experts === 1 ? input : ownInput() }, i);
    const isWhole = output.shape[0] === count && output.shape[1] === rows;
    return isWhole ? output : tf.add(output, tf.zeros([count, rows, 1]));
  });
  return joined(outputs);
}

/** Rows that are sorted by expert: every part has its own, one below the other. */
function inRows(
  { input: input_SD, inside = asItIs }: Dispatched,
  offsets: readonly number[],
  starts: readonly number[],
  counts: readonly number[],
  run: Run,
): tf.Tensor {
  const [busy, idle]: [tf.Tensor[], tf.Tensor[]] = [[], []];
  counts.forEach((count, i) => {
    const [first, last] = [offsets[starts[i]!]!, offsets[starts[i]! + count]!];
    const own = offsets.slice(starts[i], starts[i]! + count + 1).map((bound) => bound - first);
    const isIdle = first === last;
    // A part without rows computes one that nobody gets: what is not on the tape has no place in an optimiser's step.
    if (isIdle) own[count] = 1;
    const ops = inside(rowOps(own));
    const input = isIdle ? tf.ones([1, input_SD.shape[1]!]) : takeRows(input_SD, first, last);
    (isIdle ? idle : busy).push(ops.toRows(run({ ops, input }, i)));
  });
  return takeRows(joined([...busy, ...idle]), 0, offsets[offsets.length - 1]!);
}

/**
 * Rows of which the device alone knows whose they are: every part has a place for all of them, multiplies its own, and gives
 * 0 for the others, which it sees as 0.
 */
function onDevice(
  { input: input_SD, inside = asItIs }: Dispatched,
  offsets: Offsets,
  starts: readonly number[],
  counts: readonly number[],
  run: Run,
): tf.Tensor {
  const rows = offsets[offsets.length - 1]!;
  const expert_S = offsets.expertOf!();
  const outputs = counts.map((count, i) => {
    const own_S = tf.sub(expert_S, tf.scalar(starts[i]!, 'int32')) as tf.Tensor1D;
    const isOwn = tf.logicalAnd(
      tf.greaterEqual(own_S, tf.scalar(0, 'int32')),
      tf.less(own_S, tf.scalar(count, 'int32')),
    );
    const own_S1 = floats(tf.reshape(isOwn, [rows, 1]));
    const own = tf.slice(offsets.tensor!, [starts[i]!], [count + 1]);
    const ops = inside(rowOps(deviceOffsets(own, rows, () => own_S)));
    return masked(ops.toRows(run({ ops, input: masked(input_SD, own_S1) }, i)), own_S1);
  });
  return addAll(outputs);
}

/** Expert by expert, for dispatchers that do not say whose rows are whose. */
function oneByOne(
  { eachExpert, inside = asItIs }: Dispatched,
  starts: readonly number[],
  counts: readonly number[],
  run: Run,
): tf.Tensor {
  return eachExpert((x_ND, expert) => {
    const i = starts.filter((start) => start <= expert).length - 1;
    const own = expert - starts[i]!;
    const rows = x_ND.shape[0];
    const bounds = Array.from({ length: counts[i]! + 1 }, (_, e) => (e <= own ? 0 : rows));
    const ops = inside(rowOps(bounds));
    return ops.toRows(run({ ops, input: x_ND }, i)) as tf.Tensor2D;
  });
}

/** One below the other on the first axis, with a gradient that does not slice. */
function joined(parts: readonly tf.Tensor[]): tf.Tensor {
  if (parts.length === 1) return parts[0]!;
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, { shape }) => sum + shape[0]!, 0));
  return withGradient([...parts], {
    forward: (values) => tf.concat([...values], 0),
    backward: (dy) => ends.map((end, i) => rowRange(dy, i === 0 ? 0 : ends[i - 1]!, end)),
  });
}

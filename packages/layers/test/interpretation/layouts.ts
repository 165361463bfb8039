/**
 * The three layouts of tensors, each with a way in and a way out, so that plain arrays are one oracle for all of them.
 *
 * Leaves are stored [tokens, experts, features], with 1 where a value does not vary, and kernels [experts, in, out].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayValue, Ops } from '@tfjs-moe/core';
import { stream } from '@tfjs-moe/core';
import { expertOps } from '../../src/interpretation/expert-ops.ts';
import { expertOfRows, rowOps } from '../../src/interpretation/row-ops.ts';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { oneHot } from '../../src/tensor/one-hot.ts';

/** What a leaf varies with: inputs with tokens, vectors with experts, pairs with both, shared ones with neither. */
export type Kind = 'input' | 'pair' | 'vector' | 'shared' | 'kernel' | 'sharedKernel';

export interface Sizes {
  readonly tokens: number;
  readonly experts: number;
  readonly features: number;
}

export interface Layout {
  readonly ops: Ops<tf.Tensor>;
  /** A stored leaf, laid out. */
  place(stored: tf.Tensor, kind: Kind): tf.Tensor;
  /** The (token, expert) pairs that exist in this layout. */
  readonly pairs: readonly (readonly [token: number, expert: number])[];
  /** The entries of a value at the pairs: [pairs, features]. */
  read(value: tf.Tensor, features: number): tf.Tensor;
}

/** The shape in which a leaf is stored. */
export function shapeOf(kind: Kind, { tokens, experts }: Sizes, inner: number, features: number): number[] {
  if (kind === 'kernel' || kind === 'sharedKernel') return [kind === 'kernel' ? experts : 1, inner, features];
  const perToken = kind === 'input' || kind === 'pair';
  const perExpert = kind === 'vector' || kind === 'pair';
  return [perToken ? tokens : 1, perExpert ? experts : 1, features];
}

/** A stored leaf as a plain array. */
export function arrayOf(
  kind: Kind,
  [a = 1, b = 1, features = 1]: readonly number[],
  data: Float64Array,
): ArrayValue {
  const isKernel = kind === 'kernel' || kind === 'sharedKernel';
  return isKernel
    ? { tokens: 1, experts: a, rows: b, features, data }
    : { tokens: a, experts: b, rows: 1, features, data };
}

/** [T, E, F], for gates. */
export function tokenLayout({ tokens, experts }: Sizes): Layout {
  return {
    ops: tokenOps({ random: stream(0) }),
    place: (stored) => stored,
    pairs: allPairs(tokens, experts),
    read: (value, features) =>
      tf.reshape(tf.add(value, tf.zeros([tokens, experts, features])), [tokens * experts, features]),
  };
}

/** [E, N, F], for experts under dense and capacity dispatch. */
export function expertLayout({ tokens, experts }: Sizes): Layout {
  return {
    ops: expertOps,
    place: (stored, kind) => (isKernel(kind) ? stored : tf.transpose(stored, [1, 0, 2])),
    pairs: allPairs(tokens, experts),
    read(value, features) {
      const full = tf.add(value, tf.zeros([experts, tokens, features]));
      return tf.reshape(tf.transpose(full, [1, 0, 2]), [tokens * experts, features]);
    },
  };
}

/** [S, F] for some of the pairs, sorted by expert, for experts under grouped dispatch. */
export function rowLayout({ tokens, experts }: Sizes, seed: number): Layout {
  const draw = stream(seed, 'rows');
  const chosen = Array.from({ length: experts }, () =>
    [...draw.permutation(tokens)].slice(draw.integer(tokens + 1)),
  );
  if (chosen.every((ofExpert) => ofExpert.length === 0)) chosen[draw.integer(experts)] = [0];
  const tokenOfRow = chosen.flat();
  const offsets = [0];
  for (const { length } of chosen) offsets.push((offsets.at(-1) as number) + length);
  const expertOfRow = expertOfRows(offsets);
  const ops = rowOps(offsets);
  return {
    ops,
    place(stored, kind) {
      const [, copies, features] = stored.shape as [number, number, number];
      if (kind === 'vector' || kind === 'shared') return tf.reshape(stored, [copies, 1, features]);
      if (kind !== 'input' && kind !== 'pair') return stored;
      const cells = tokenOfRow.map((t, row) => (kind === 'input' ? t : t * experts + expertOfRow[row]!));
      const pick = oneHot(tf.tensor1d(cells, 'int32'), stored.size / features);
      return tf.matMul(pick, tf.reshape(stored, [stored.size / features, features]));
    },
    pairs: tokenOfRow.map((t, row) => [t, expertOfRow[row]!] as const),
    read: (value, features) => tf.add(ops.toRows(value), tf.zeros([tokenOfRow.length, features])),
  };
}

const isKernel = (kind: Kind) => kind === 'kernel' || kind === 'sharedKernel';

function allPairs(tokens: number, experts: number): [number, number][] {
  return Array.from({ length: tokens * experts }, (_, i) => [Math.floor(i / experts), i % experts]);
}

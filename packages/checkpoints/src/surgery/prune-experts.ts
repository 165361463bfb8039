import * as tf from '@tensorflow/tfjs-core';
import { expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import {
  expertOutputs,
  type Operated,
  type Parts,
  partsOf,
  rebuilt,
  receiptOf,
  takenNumbers,
  tokensOf,
} from './operated.ts';
import { routingArrays } from './routing-arrays.ts';
import { type Saliency, saliencyOf } from './saliency.ts';

/** Options of `pruneExperts`. */
export interface PruneExpertsOptions {
  /** Number of experts that stay. */
  readonly to: number;
  /**
   * Which stay: those that are selected most often; those with the largest REAP saliency; or the set with which the output
   * changes least, of all sets there are (NAEE). Default `'reap'`.
   */
  readonly by?: 'frequency' | 'reap' | 'naee';
  /** Whether REAP divides weights by their sum first. Default true. */
  readonly renormalize?: boolean;
}

/** A pruned layer. */
export interface Pruned extends Operated {
  /** Numbers of the experts that stay, as they were. */
  readonly kept: readonly number[];
  /** What they were chosen by; absent where all sets were tried. */
  readonly saliency?: Saliency;
}

/** More sets than this take too long to be tried. */
const MOST_SETS = 5000;

/**
 * A smaller layer: experts that matter least for a sample of tokens go, with their rows of the router. The number of experts
 * per token stays.
 *
 * REAP loses less than merging does, and needs one pass over the sample; NAEE tries all sets of experts, which few experts
 * allow. Ties go to the lower number.
 *
 * Source: Lasby et al., "REAP the Experts" (2025); Lu et al., "Not All Experts are Equal: Efficient Expert Pruning and
 * Skipping for Mixture-of-Experts Large Language Models" (2024), section 3.2.
 *
 * @param x tokens [..., D] like those that the layer will see
 * @example const { layer, kept, receipt } = await pruneExperts(moe, x, { to: 6 });
 */
export async function pruneExperts(
  layer: MixtureOfExperts,
  x: tf.Tensor,
  options: PruneExpertsOptions,
): Promise<Pruned> {
  const who = 'pruneExperts';
  expectKnownOptions(who, options, ['to', 'by', 'renormalize']);
  const parts = await partsOf(who, layer);
  const to = expectInteger(who, 'to', options.to, { min: 1, max: parts.experts });
  const by = expectOneOf(who, 'by', options.by ?? 'reap', ['frequency', 'reap', 'naee']);
  const x_TD = tokensOf(who, x, parts.features);
  try {
    const found =
      by === 'naee'
        ? { kept: await bestSet(who, layer, parts, x_TD, to) }
        : await mostSalient(layer, parts, x_TD, to, by, options.renormalize ?? true);
    const now = rebuilt(parts, { experts: to }, takenNumbers(who, parts, found.kept));
    return { layer: now, receipt: await receiptOf(layer, now, x_TD), ...found };
  } finally {
    x_TD.dispose();
  }
}

async function mostSalient(
  layer: MixtureOfExperts,
  parts: Parts,
  x_TD: tf.Tensor2D,
  to: number,
  by: 'frequency' | 'reap',
  renormalize: boolean,
): Promise<{ kept: number[]; saliency: Saliency }> {
  const saliency = await measuredSaliency(layer, parts, x_TD, renormalize);
  const order = saliency[by].map((value, e) => ({ value, e })).sort((a, b) => b.value - a.value || a.e - b.e);
  const kept = order.slice(0, to).map(({ e }) => e);
  return { kept: kept.sort((a, b) => a - b), saliency };
}

/** The saliency of a layer's experts for tokens. */
async function measuredSaliency(
  layer: MixtureOfExperts,
  parts: Parts,
  x_TD: tf.Tensor2D,
  renormalize: boolean,
): Promise<Saliency> {
  const outputs = await expertOutputs(parts, x_TD);
  const { weights, selected } = await routingArrays(layer, x_TD);
  return saliencyOf(outputs, weights, selected, renormalize);
}

async function bestSet(
  who: string,
  layer: MixtureOfExperts,
  parts: Parts,
  x_TD: tf.Tensor2D,
  to: number,
): Promise<number[]> {
  let sets = 1;
  for (let i = 1; i <= to; i++) sets = (sets * (parts.experts - to + i)) / i;
  if (sets > MOST_SETS)
    throw new MoeError(who, `'naee' tries at most ${MOST_SETS} sets; take 'reap'`, Math.round(sets));
  let best = { change: Infinity, kept: [] as number[] };
  for (const kept of setsOf(parts.experts, to)) {
    const now = rebuilt(parts, { experts: to, name: undefined }, takenNumbers(who, parts, kept));
    const norm = tf.tidy(() => {
      const change = tf.sub(now.apply(x_TD) as tf.Tensor, layer.apply(x_TD) as tf.Tensor);
      return tf.sqrt(tf.sum(tf.square(change)));
    });
    const change = (await norm.data())[0]!;
    norm.dispose();
    now.dispose();
    if (change < best.change) best = { change, kept };
  }
  return best.kept;
}

/** All sets of `size` of the numbers below `n`, in order. */
function* setsOf(n: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= n - size; first++)
    for (const rest of setsOf(n, size - 1, first + 1)) yield [first, ...rest];
}

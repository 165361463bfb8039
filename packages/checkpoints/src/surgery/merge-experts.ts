import type * as tf from '@tensorflow/tfjs-core';
import { expectInteger, expectKnownOptions, expectOneOf, MoeError, scoped } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { alignedTo } from './aligned-expert.ts';
import { distanceOf, groupsByDistance, groupsByLogits, meanOutput, ordered } from './expert-groups.ts';
import {
  expertOutputs,
  type Operated,
  type Parts,
  partsOf,
  rebuilt,
  receiptOf,
  rowsOf,
  takenNumbers,
  tokensOf,
} from './operated.ts';
import { routingArrays } from './routing-arrays.ts';
import { saliencyOf } from './saliency.ts';

/** Options of `mergeExperts`. */
export interface MergeExpertsOptions {
  /** Number of groups: of experts that differ in the end. */
  readonly to: number;
  /**
   * Who is merged. `'m-smoe'`: the experts that are used most stay apart, and each other joins that of them whose logits
   * are most like its own. `'hc-smoe'`: those whose mean outputs are closest, by average linkage. Default `'hc-smoe'`.
   */
  readonly by?: 'm-smoe' | 'hc-smoe';
  /**
   * What becomes of the router. `'dominant'`: of every group the row of its most used expert stays, and the layer has `to`
   * experts. `'keep'`, as published: all rows stay, and the members of a group hold the same numbers. Default `'dominant'`.
   */
  readonly router?: 'dominant' | 'keep';
}

/** A layer with merged experts. */
export interface Merged extends Operated {
  /** The experts of every group, the most used first. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * A layer whose experts are merged in groups: the hidden units of each are put in the order in which they are most like those
 * of the group's most used expert, by an assignment, and numbers are averaged with the frequencies as weights.
 *
 * Prefer `pruneExperts` where the receipt says the same of both: it usually loses less.
 *
 * Source: Li et al., "Merge, Then Compress: Demystify Efficient SMoE with Hints from Its Routing Policy" (2024); Chen et
 * al., "Retraining-Free Merging of Sparse MoE via Hierarchical Clustering" (2025).
 *
 * @param x tokens [..., D] like those that the layer will see
 * @example const { layer, groups, receipt } = await mergeExperts(moe, x, { to: 4 });
 */
export async function mergeExperts(
  layer: MixtureOfExperts,
  x: tf.Tensor,
  options: MergeExpertsOptions,
): Promise<Merged> {
  const who = 'mergeExperts';
  expectKnownOptions(who, options, ['to', 'by', 'router']);
  const parts = await partsOf(who, layer);
  const to = expectInteger(who, 'to', options.to, { min: 1, max: parts.experts });
  const by = expectOneOf(who, 'by', options.by ?? 'hc-smoe', ['m-smoe', 'hc-smoe']);
  const router = expectOneOf(who, 'router', options.router ?? 'dominant', ['dominant', 'keep']);
  const x_TD = tokensOf(who, x, parts.features);
  try {
    const outputs = await expertOutputs(parts, x_TD);
    const { logits, weights, selected } = await routingArrays(layer, x_TD);
    const { frequency } = saliencyOf(outputs, weights, selected, false);
    const all = outputs.map((_, e) => e);
    const means = outputs.map((output) => meanOutput(output, parts.units));
    const found =
      by === 'm-smoe'
        ? groupsByLogits(all, (e) => logits.map((row) => row[e]!), frequency, to)
        : groupsByDistance(all, (a, b) => distanceOf(means[a]!, means[b]!), to);
    const groups = ordered(found, frequency);
    const merged = mergedNumbers(who, parts, groups, frequency);
    const dominant = groups.map(([first]) => first!);
    const now =
      router === 'keep'
        ? rebuilt(parts, {}, merged)
        : rebuilt(parts, { experts: to }, takenNumbers(who, { ...parts, numbers: merged }, dominant));
    return { layer: now, receipt: await receiptOf(layer, now, x_TD), groups };
  } finally {
    x_TD.dispose();
  }
}

/** The numbers of all experts, those of a group being its average. */
function mergedNumbers(
  who: string,
  parts: Parts,
  groups: readonly (readonly number[])[],
  frequency: readonly number[],
): Map<string, Float32Array> {
  const params = parts.expert.params(parts.features, parts.units);
  const names = Object.keys(params);
  const result = new Map(parts.numbers);
  const own = (e: number) => {
    const numbers = scoped('expert', Object.fromEntries(parts.numbers));
    return Object.fromEntries(
      names.map((name) => {
        const { copies } = parts.specs[`expert/${name}`]!;
        if (copies === 1 && parts.experts > 1) throw new MoeError(who, 'experts share a parameter', name);
        return [name, rowsOf(numbers[name]!, copies, [e])];
      }),
    );
  };
  for (const name of names)
    result.set(`expert/${name}`, Float32Array.from(parts.numbers.get(`expert/${name}`)!));
  for (const group of groups) {
    const all = group.map(own);
    const aligned = all.map((each, i) => (i === 0 ? each : alignedTo(all[0]!, each, parts)));
    const shares = sharesOf(group.map((e) => frequency[e]!));
    for (const name of names) {
      const average = averageOf(
        aligned.map((each) => each[name]!),
        shares,
      );
      for (const e of group) result.get(`expert/${name}`)!.set(average, e * average.length);
    }
  }
  return result;
}

/** Frequencies over their sum; equal ones where nothing was ever used. */
export function sharesOf(frequencies: readonly number[]): number[] {
  const sum = frequencies.reduce((all, each) => all + each, 0);
  return frequencies.map((each) => (sum === 0 ? 1 / frequencies.length : each / sum));
}

/** The average of arrays of numbers, with shares that sum to 1. */
export function averageOf(arrays: readonly ArrayLike<number>[], shares: readonly number[]): Float32Array {
  return Float32Array.from(arrays[0]!, (_, i) =>
    arrays.reduce((sum, array, j) => sum + shares[j]! * array[i]!, 0),
  );
}

import type * as tf from '@tensorflow/tfjs-core';
import type { layers as Layers } from '@tensorflow/tfjs-layers';
import {
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import type { MixtureOfExperts, MixtureOfExpertsArgs } from '@tfjs-moe/layers';
import { ffn, linear, topK } from 'tfjs-moe';
import { builtLayer, weightsOf, writeWeights } from '../built-layer.ts';
import { type DenseNetwork, denseNetwork } from './dense-network.ts';
import { type ExpertCopies, expertCopies } from './expert-copies.ts';
import { changeOf, type Operated } from './operated.ts';

type Layer = Layers.Layer;

/** Options of `upcycle`. */
export interface UpcycleOptions {
  /** Number of experts. */
  readonly experts: number;
  /** Experts per token. Default 2; with groups, a multiple of them. */
  readonly k?: number;
  /**
   * What experts are made of. `'copies'`: each is the network. `'virtualGroups'`: the units of the last hidden layer are
   * shared out to `groups` experts that are always selected together, of which there are several copies. `'drop'`: copies of
   * which some hidden units are drawn anew. Default `'copies'`.
   */
  readonly method?: 'copies' | 'virtualGroups' | 'drop';
  /** Experts that make up one network, for `'virtualGroups'`. Default 2. */
  readonly groups?: number;
  /** Share of the units that are drawn anew, for `'drop'`. Default 0.5. */
  readonly ratio?: number;
  /** Decides what is drawn. Default 0. */
  readonly seed?: number;
  /** Standard deviation of the router's first numbers. Default 0.02. */
  readonly routerDeviation?: number;
  /** Further arguments of the layer: its name, balance losses. */
  readonly args?: Partial<Omit<MixtureOfExpertsArgs, 'experts' | 'gate' | 'expert' | 'units'>>;
}

/**
 * A mixture of experts from a trained dense network, which goes on where the network stopped. A network of one layer becomes
 * affine experts, one of several layers feed-forward ones with as many.
 *
 * Weights of the selected experts sum to 1, so copies compute what the network did, whatever the router says. Virtual
 * groups do as well: the last kernel carries their number as a factor, and not both kernels its root, as in the paper,
 * which is exact for positively homogeneous activations alone. Dropped units change the function, and make experts differ
 * from the start. The receipt says by how much.
 *
 * Source: Komatsuzaki et al., "Sparse Upcycling" (2023); He et al., "Upcycling Large Language Models into Mixture of Experts"
 * (2024), sections 3.2 and 3.3; Nakamura et al., "Drop-Upcycling" (2025), section 3.1, one set of units for all kernels.
 *
 * @param dense built Dense layers in their order, of one activation; the last may be linear
 * @param x tokens [..., D] that the receipt compares both on
 * @throws MoeError for layers that are no such network, and for shares or draws of hidden units where there are none
 * @example const { layer, receipt } = await upcycle([hidden, output], x, { experts: 8 });
 */
export async function upcycle(
  dense: readonly Layer[],
  x: tf.Tensor,
  options: UpcycleOptions,
): Promise<Operated> {
  const who = 'upcycle';
  expectKnownOptions(who, options, [
    ...['experts', 'k', 'method', 'groups', 'ratio', 'seed', 'routerDeviation', 'args'],
  ]);
  const network = await denseNetwork(who, dense);
  const [features, hidden, units] = [network.widths[0]!, network.widths.slice(1, -1), network.widths.at(-1)!];
  const method = expectOneOf(who, 'method', options.method ?? 'copies', ['copies', 'virtualGroups', 'drop']);
  if (method !== 'copies' && hidden.length === 0)
    throw new MoeError(who, 'a network of one layer has no hidden units, and can only be copied', method);
  if (method === 'virtualGroups' && network.isLastActivated)
    throw new MoeError(
      who,
      'shares of a network add up where its last layer has no activation',
      dense.at(-1)!.name,
    );
  const experts = expectExperts(who, 'experts', options.experts);
  const groups =
    method === 'virtualGroups' ? expectInteger(who, 'groups', options.groups ?? 2, { min: 1 }) : 1;
  for (const [name, size] of [
    ['experts', experts],
    ['the hidden units', hidden.at(-1) ?? groups],
  ] as const)
    if (size % groups !== 0) throw new MoeError(who, `groups must divide ${name} (${size})`, groups);
  const k = expectInteger(who, 'k', options.k ?? Math.max(2, groups), { min: 1, max: experts });
  if (k % groups !== 0) throw new MoeError(who, `k must be a multiple of groups (${groups})`, k);
  const ratio = expectNumber(who, 'ratio', options.ratio ?? 0.5, { min: 0, max: 1 });
  const deviation = expectNumber(who, 'routerDeviation', options.routerDeviation ?? 0.02, { min: 0 });
  const { seed = 0 } = options;
  if (k === 1) throw new MoeError(who, 'with k = 1 the weight is no 1, and the function would be another', k);
  const layer = builtLayer(
    {
      experts,
      gate: topK({ k, useBias: false }),
      expert: expertLike(network, groups),
      units,
      seed,
      ...options.args,
    },
    features,
  );
  const router = new Float32Array(experts * features);
  for (let e = 0; e < experts; e++) {
    // Experts of one network have one and the same row.
    const random = stream(seed, 'router', Math.floor(e / groups));
    for (let d = 0; d < features; d++) router[e * features + d] = deviation * random.normal();
  }
  const copies = expertCopies(network, { experts, groups, ratio: method === 'drop' ? ratio : 0, seed });
  writeWeights(layer, namesOf(layer, copies, router));
  const before = () => dense.reduce((value, each) => each.apply(value) as tf.Tensor, x);
  const receipt = await changeOf(before, () => layer.apply(x) as tf.Tensor, x.size / features);
  return { layer, receipt };
}

/** An expert with the layers of a network, the last hidden one shared out to groups. */
function expertLike({ widths, activation, isLastActivated }: DenseNetwork, groups: number) {
  const hidden = widths.slice(1, -1);
  if (hidden.length === 0 && !isLastActivated) return linear();
  return ffn({
    hiddenUnits: hidden.map((size, i) => (i === hidden.length - 1 ? size / groups : size)),
    activation,
    outputWeights: !isLastActivated,
  });
}

/** The numbers under the names of the layer's weights, which experts have in the order of their layers: kernel, bias. */
function namesOf(layer: MixtureOfExperts, { kernels, biases }: ExpertCopies, router: Float32Array) {
  const names = [...weightsOf(layer).keys()].filter((name) => name.startsWith('expert/'));
  const numbers = kernels.flatMap((kernel, i) => [kernel, biases[i]!]);
  return new Map([['gate/router/kernel', router], ...names.map((name, i) => [name, numbers[i]!] as const)]);
}

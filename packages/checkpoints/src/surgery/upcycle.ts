import * as tf from '@tensorflow/tfjs-core';
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
import { ffn, topK } from 'tfjs-moe';
import { builtLayer, weightsOf, writeWeights } from '../built-layer.ts';
import type { Operated } from './operated.ts';

type Layer = Layers.Layer;

/** Options of `upcycle`. */
export interface UpcycleOptions {
  /** Number of experts. */
  readonly experts: number;
  /** Experts per token. Default 2; with groups, a multiple of them. */
  readonly k?: number;
  /**
   * What experts are made of. `'copies'`: each is the network. `'virtualGroups'`: the hidden units are shared out to
   * `groups` experts that are always selected together, of which there are several copies. `'drop'`: copies of which some
   * units are drawn anew. Default `'copies'`.
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
 * A mixture of experts from a trained dense network of two layers, which goes on where the network stopped.
 *
 * Weights of the selected experts sum to 1, so copies compute what the network did, whatever the router says. Virtual
 * groups do as well: the second kernel carries their number as a factor, and not both kernels its root, as in the paper,
 * which is exact for positively homogeneous activations alone. Dropped units change the function, and make experts differ
 * from the start. The receipt says by how much.
 *
 * Source: Komatsuzaki et al., "Sparse Upcycling" (2023); He et al., "Upcycling Large Language Models into Mixture of Experts"
 * (2024), sections 3.2 and 3.3; Nakamura et al., "Drop-Upcycling" (2025), section 3.1, one set of units for all kernels.
 *
 * @param dense two built Dense layers, the first of which has the activation of the network
 * @param x tokens [..., D] that the receipt compares both on
 * @example const { layer, receipt } = await upcycle([hidden, output], x, { experts: 8 });
 */
export async function upcycle(
  dense: readonly [Layer, Layer],
  x: tf.Tensor,
  options: UpcycleOptions,
): Promise<Operated> {
  const who = 'upcycle';
  expectKnownOptions(who, options, [
    ...['experts', 'k', 'method', 'groups', 'ratio', 'seed', 'routerDeviation', 'args'],
  ]);
  const source = await networkOf(who, dense);
  const method = expectOneOf(who, 'method', options.method ?? 'copies', ['copies', 'virtualGroups', 'drop']);
  const experts = expectExperts(who, 'experts', options.experts);
  const groups =
    method === 'virtualGroups' ? expectInteger(who, 'groups', options.groups ?? 2, { min: 1 }) : 1;
  for (const [name, size] of [
    ['experts', experts],
    ['the hidden units', source.hidden],
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
      expert: ffn({ hiddenUnits: source.hidden / groups, activation: source.activation as 'relu' }),
      units: source.units,
      seed,
      ...options.args,
    },
    source.features,
  );
  const numbers = expertNumbers(source, experts, groups, method === 'drop' ? ratio : 0, seed);
  const router = new Float32Array(experts * source.features);
  for (let e = 0; e < experts; e++) {
    // Experts of one network have one and the same row.
    const random = stream(seed, 'router', Math.floor(e / groups));
    for (let d = 0; d < source.features; d++) router[e * source.features + d] = deviation * random.normal();
  }
  writeWeights(layer, namesOf(layer, { ...numbers, router }));
  return { layer, receipt: await denseReceipt(dense, layer, x) };
}

interface Network {
  readonly features: number;
  readonly hidden: number;
  readonly units: number;
  readonly activation: string;
  readonly kernels: readonly [Float32Array, Float32Array];
  readonly biases: readonly [Float32Array, Float32Array];
}

async function networkOf(who: string, dense: readonly [Layer, Layer]): Promise<Network> {
  const rule = 'a dense network must be two built Dense layers, the second without an activation';
  if (!Array.isArray(dense) || dense.length !== 2) throw new MoeError(who, rule, dense);
  for (const each of dense)
    if (each?.getClassName?.() !== 'Dense' || !each.built) throw new MoeError(who, rule, each?.name);
  const [first, second] = dense.map((each) => each.getConfig() as { activation: string });
  if (second!.activation !== 'linear') throw new MoeError(who, rule, second!.activation);
  const [kernel, bias] = dense[0].getWeights();
  const [next, nextBias] = dense[1].getWeights();
  const [features, hidden] = kernel!.shape as [number, number];
  const units = next!.shape[1]!;
  if (next!.shape[0] !== hidden)
    throw new MoeError(who, `the second layer must take ${hidden} features`, next!.shape);
  const read = async (weight: tf.Tensor | undefined, size: number) =>
    weight === undefined ? new Float32Array(size) : ((await weight.data()) as Float32Array);
  return {
    features,
    hidden,
    units,
    activation: first!.activation,
    kernels: [await read(kernel, 0), await read(next, 0)],
    biases: [await read(bias, hidden), await read(nextBias, units)],
  };
}

type ExpertNumbers = Readonly<Record<'kernelIn' | 'biasIn' | 'kernelOut' | 'biasOut', Float32Array>>;

function expertNumbers(
  { features: D, hidden, units: U, kernels, biases }: Network,
  experts: number,
  groups: number,
  ratio: number,
  seed: number,
): ExpertNumbers {
  const H = hidden / groups;
  const kernelIn = new Float32Array(experts * D * H);
  const biasIn = new Float32Array(experts * H);
  const kernelOut = new Float32Array(experts * H * U);
  const biasOut = new Float32Array(experts * U);
  for (let e = 0; e < experts; e++) {
    const shard = e % groups;
    for (let h = 0; h < H; h++) {
      const unit = shard * H + h;
      for (let d = 0; d < D; d++) kernelIn[(e * D + d) * H + h] = kernels[0][d * hidden + unit]!;
      biasIn[e * H + h] = biases[0][unit]!;
      for (let u = 0; u < U; u++) kernelOut[(e * H + h) * U + u] = groups * kernels[1][unit * U + u]!;
    }
    biasOut.set(biases[1], e * U);
    if (ratio === 0) continue;
    const units = drawnUnits(H, ratio, seed, e);
    redraw(
      kernelIn,
      units.flatMap((h) => Array.from({ length: D }, (_, d) => (e * D + d) * H + h)),
      seed,
      e,
      'in',
    );
    redraw(
      kernelOut,
      units.flatMap((h) => Array.from({ length: U }, (_, u) => (e * H + h) * U + u)),
      seed,
      e,
      'out',
    );
  }
  return { kernelIn, biasIn, kernelOut, biasOut };
}

/** Units of one expert that are drawn anew. */
function drawnUnits(hidden: number, ratio: number, seed: number, expert: number): number[] {
  const random = stream(seed, 'drop', expert);
  const order = Array.from({ length: hidden }, (_, unit) => ({ unit, at: random.uniform() }));
  return order
    .sort((a, b) => a.at - b.at)
    .slice(0, Math.floor(hidden * ratio))
    .map(({ unit }) => unit);
}

/** Draws numbers anew from the normal distribution with the mean and the deviation of exactly these. */
function redraw(
  numbers: Float32Array,
  places: readonly number[],
  seed: number,
  expert: number,
  kernel: string,
): void {
  if (places.length === 0) return;
  const mean = places.reduce((sum, i) => sum + numbers[i]!, 0) / places.length;
  const variance = places.reduce((sum, i) => sum + (numbers[i]! - mean) ** 2, 0) / places.length;
  const random = stream(seed, 'redraw', kernel, expert);
  for (const i of places) numbers[i] = mean + Math.sqrt(variance) * random.normal();
}

/** The numbers under the names of the layer's weights. */
function namesOf(layer: MixtureOfExperts, numbers: ExpertNumbers & { readonly router: Float32Array }) {
  const names = [...weightsOf(layer).keys()].filter((name) => name.startsWith('expert/'));
  const [kernelIn, biasIn, kernelOut, biasOut] = names;
  return new Map([
    ['gate/router/kernel', numbers.router],
    [kernelIn!, numbers.kernelIn],
    [biasIn!, numbers.biasIn],
    [kernelOut!, numbers.kernelOut],
    [biasOut!, numbers.biasOut],
  ]);
}

async function denseReceipt(dense: readonly [Layer, Layer], layer: MixtureOfExperts, x: tf.Tensor) {
  const [change, output] = tf.tidy(() => {
    const old = dense[1].apply(dense[0].apply(x)) as tf.Tensor;
    return [tf.max(tf.abs(tf.sub(layer.apply(x) as tf.Tensor, old))), tf.max(tf.abs(old))];
  });
  const [largestChange, largestOutput] = [(await change!.data())[0]!, (await output!.data())[0]!];
  tf.dispose([change!, output!]);
  return {
    largestChange,
    largestOutput,
    tokens: x.size / x.shape.at(-1)!,
    optimiserState: 'dropped' as const,
  };
}

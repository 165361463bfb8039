import type * as tf from '@tensorflow/tfjs-core';
import type { layers as Layers } from '@tensorflow/tfjs-layers';
import { type Activation, expectActivation, MoeError } from '@tfjs-moe/core';

type Layer = Layers.Layer;

/** A dense network as numbers. */
export interface DenseNetwork {
  /** Features of the input, units of every hidden layer, units of the output. */
  readonly widths: readonly number[];
  /** After every hidden layer, and after the last where that has one too. */
  readonly activation: Activation;
  readonly isLastActivated: boolean;
  readonly kernels: readonly Float32Array[];
  /** Zeros where a layer has none. */
  readonly biases: readonly Float32Array[];
}

/** Reads a network of Dense layers, each of which takes what the one before it gives. */
export async function denseNetwork(who: string, dense: readonly Layer[]): Promise<DenseNetwork> {
  const rule = 'a dense network must be a list of built Dense layers';
  if (!Array.isArray(dense) || dense.length === 0) throw new MoeError(who, rule, dense);
  const widths: number[] = [];
  const [kernels, biases]: [Float32Array[], Float32Array[]] = [[], []];
  for (const each of dense as readonly Layer[]) {
    if (each?.getClassName?.() !== 'Dense' || !each.built) throw new MoeError(who, rule, each?.name);
    const [kernel, bias] = each.getWeights();
    const [features, units] = kernel!.shape as [number, number];
    const before = widths.at(-1);
    if (before !== undefined && before !== features)
      throw new MoeError(who, `the layer after ${before} units must take ${before} features`, each.name);
    widths.push(...(before === undefined ? [features] : []), units);
    kernels.push(await numbersOf(kernel!));
    biases.push(bias === undefined ? new Float32Array(units) : await numbersOf(bias));
  }
  const activations = dense.map((each) => (each.getConfig() as { activation: string }).activation);
  const [first] = activations;
  const isLastActivated = activations.at(-1) !== 'linear';
  const hidden = isLastActivated ? activations : activations.slice(0, -1);
  if (hidden.some((each) => each !== first))
    throw new MoeError(
      who,
      'experts have one activation, and the layers must have the same',
      named(dense, activations),
    );
  return {
    widths,
    activation:
      hidden.length === 0 ? 'identity' : expectActivation(who, `the activation of ${dense[0].name}`, first),
    isLastActivated,
    kernels,
    biases,
  };
}

async function numbersOf(weight: tf.Tensor): Promise<Float32Array> {
  return (await weight.data()) as Float32Array;
}

function named(dense: readonly Layer[], activations: readonly string[]): Record<string, string> {
  return Object.fromEntries(dense.map(({ name }, i) => [name, activations[i]!]));
}

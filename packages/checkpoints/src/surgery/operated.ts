import * as tf from '@tensorflow/tfjs-core';
import {
  type Expert,
  getExpert,
  MoeError,
  type OptionsJson,
  type ParamSpecs,
  prefixed,
  replicate,
} from '@tfjs-moe/core';
import { MixtureOfExperts, type MixtureOfExpertsArgs } from '@tfjs-moe/layers';
import { softmax } from 'tfjs-moe';
import { builtLayer, readWeights, writeWeights } from '../built-layer.ts';

/** What an operation on a layer says of itself. */
export interface Receipt {
  /** The largest distance of the new layer's output from the old one's, over the tokens that were given. */
  readonly largestChange: number;
  /** The largest number in the old layer's output, to compare it with. */
  readonly largestOutput: number;
  /** Number of tokens that both were compared on. */
  readonly tokens: number;
  /** Optimisers of tfjs keep what they have learnt of a weight with the variable: that of the old layer stays behind. */
  readonly optimiserState: 'dropped';
}

/** A layer that was made from another, and how far it is from it. */
export interface Operated {
  readonly layer: MixtureOfExperts;
  readonly receipt: Receipt;
}

/** A layer taken apart: its config, the shapes of its parameters and their numbers. */
export interface Parts {
  readonly config: Readonly<Record<string, OptionsJson[string]>>;
  readonly experts: number;
  readonly features: number;
  readonly units: number;
  readonly expert: Expert;
  readonly specs: ParamSpecs;
  readonly numbers: Map<string, Float32Array>;
}

/** Takes a layer apart whose experts are of one kind. */
export async function partsOf(who: string, layer: MixtureOfExperts): Promise<Parts> {
  if (!(layer instanceof MixtureOfExperts))
    throw new MoeError(who, 'the layer must be a MixtureOfExperts', layer);
  if (!layer.built) throw new MoeError(who, 'the layer must be built', layer.name);
  const config = layer.getConfig() as unknown as Parts['config'];
  const expert = expertOf(who, config.expert!, layer.name);
  const experts = config.experts as number;
  const [node] = layer.inboundNodes;
  const numbers = await readWeights(layer);
  const features = (node?.inputShapes[0] as number[] | undefined)?.at(-1) ?? builtFeatures(who, layer);
  const units = (layer.computeOutputShape([null, features]) as number[]).at(-1)!;
  const specs = {
    ...prefixed('gate', layer.gate.params(features, experts) as ParamSpecs),
    ...prefixed('expert', replicate(expert.params(features, units), experts)),
  };
  return { config, experts, features, units, expert, specs, numbers };
}

function expertOf(who: string, config: OptionsJson[string], layer: string): Expert {
  try {
    return getExpert(config as never, who);
  } catch {
    throw new MoeError(who, 'experts must be of one kind, and no layers', layer);
  }
}

function builtFeatures(who: string, layer: MixtureOfExperts): number {
  const kernel = layer.weights.find(({ originalName }) => /gate\/.*kernel$/.test(originalName));
  if (kernel) return (kernel.shape as number[])[1]!;
  throw new MoeError(who, 'the layer must have been called', layer.name);
}

/** A layer with other parts: options that take the place of the old ones, and numbers by name. */
export function rebuilt(
  { config, features, units }: Parts,
  changes: Readonly<Record<string, unknown>>,
  numbers: ReadonlyMap<string, Float32Array>,
): MixtureOfExperts {
  const layer = builtLayer({ ...config, units, ...changes } as unknown as MixtureOfExpertsArgs, features);
  writeWeights(layer, numbers);
  return layer;
}

/** Rows of a parameter: one for each copy. */
export function rowsOf(numbers: Float32Array, copies: number, rows: readonly number[]): Float32Array {
  const size = numbers.length / copies;
  const taken = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    taken.set(numbers.subarray(row * size, (row + 1) * size), i * size);
  });
  return taken;
}

/** The numbers of a layer of which some experts are taken, in this order; one may be taken twice. */
export function takenNumbers(
  who: string,
  parts: Parts,
  experts: readonly number[],
): Map<string, Float32Array> {
  const numbers = new Map(parts.numbers);
  for (const [name, { copies }] of Object.entries(parts.specs)) {
    if (copies !== 1 && copies !== parts.experts)
      throw new MoeError(
        who,
        'the gate has parameters of groups of experts, whose number is part of it',
        name,
      );
    if (copies === parts.experts) numbers.set(name, rowsOf(numbers.get(name)!, copies, experts));
  }
  return numbers;
}

/** How far a new layer is from an old one on some tokens, [..., D]. */
export function receiptOf(before: MixtureOfExperts, after: MixtureOfExperts, x: tf.Tensor): Promise<Receipt> {
  const tokens = x.size / x.shape.at(-1)!;
  return changeOf(
    () => before.apply(x) as tf.Tensor,
    () => after.apply(x) as tf.Tensor,
    tokens,
  );
}

/** How far one output is from another. */
export async function changeOf(
  before: () => tf.Tensor,
  after: () => tf.Tensor,
  tokens: number,
): Promise<Receipt> {
  const [change, output] = tf.tidy(() => {
    const [old, now] = [before(), after()];
    return [tf.max(tf.abs(tf.sub(now, old))), tf.max(tf.abs(old))];
  });
  const [largestChange, largestOutput] = [(await change!.data())[0]!, (await output!.data())[0]!];
  tf.dispose([change!, output!]);
  return { largestChange, largestOutput, tokens, optimiserState: 'dropped' };
}

/** What each expert makes of every token, unweighted: of every expert [T, U], row by row. */
export async function expertOutputs(parts: Parts, x_TD: tf.Tensor2D): Promise<Float32Array[]> {
  const alone = {
    experts: 1,
    gate: softmax({ useBias: false }).config,
    shared: null,
    capacity: null,
    weightAt: 'output',
    balance: [],
    name: undefined,
  };
  const outputs: Float32Array[] = [];
  for (let e = 0; e < parts.experts; e++) {
    const own = new Map(
      Object.entries(parts.specs)
        .filter(([name]) => name.startsWith('expert/'))
        .map(([name, { copies }]) => {
          const numbers = parts.numbers.get(name)!;
          return [name, copies === 1 ? numbers : rowsOf(numbers, copies, [e])];
        }),
    );
    const one = rebuilt(parts, alone, own);
    const y = tf.tidy(() => one.apply(x_TD) as tf.Tensor);
    outputs.push((await y.data()) as Float32Array);
    y.dispose();
    one.dispose();
  }
  return outputs;
}

/** Tokens as rows. */
export function tokensOf(who: string, x: tf.Tensor, features: number): tf.Tensor2D {
  if (x.shape.at(-1) !== features || x.size === 0)
    throw new MoeError(who, `the tokens must be [..., ${features}], and at least one`, x.shape);
  return tf.reshape(x, [-1, features]) as tf.Tensor2D;
}

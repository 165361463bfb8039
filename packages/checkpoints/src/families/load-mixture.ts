import * as tf from '@tensorflow/tfjs-core';
import { expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import type { MixtureOfExperts, MixtureOfExpertsArgs } from '@tfjs-moe/layers';
import { builtLayer, weightsOf, writeWeights } from '../built-layer.ts';
import { type ModelSource, openModel } from '../open-model.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { checkBlock } from './check-block.ts';
import { detectFamily } from './detect-family.ts';
import { familyNames } from './families.ts';
import type { FamilyName } from './family.ts';
import { expectExpertNumbers, readBlock } from './read-block.ts';
import { type RoutingSettings, routingOf, settingsIn } from './routing.ts';

/** Options of `loadMixture`. */
export interface LoadMixtureOptions
  extends Pick<RoutingSettings, 'expertsPerToken' | 'groups' | 'keep' | 'renormalize' | 'weightScale'> {
  /** Number of the layer in the model, from 0. */
  readonly layer: number;
  /** Which family of models it is. Default: found by `model_type` of the config, or else by names, where one alone fits. */
  readonly family?: FamilyName;
  /** The model's `config.json`. Default: the one beside the file, where there is one; else all is as published. */
  readonly config?: object;
  /** What stands before `layers.` in the names of tensors, where several blocks answer: `'model.'`. */
  readonly prefix?: string;
  /** Numbers of the experts to load, in the order that they are to have. Default: all. */
  readonly experts?: readonly number[];
  /** Further arguments of the layer, which win: `{ name: 'moe', balance: [] }`. */
  readonly args?: Partial<Omit<MixtureOfExpertsArgs, 'experts' | 'expert' | 'units' | 'shared'>>;
}

const options: readonly (keyof LoadMixtureOptions)[] = [
  ...(['layer', 'family', 'config', 'prefix', 'experts', 'args'] as const),
  ...(['expertsPerToken', 'groups', 'keep', 'renormalize', 'weightScale'] as const),
];

/**
 * Loads the mixture-of-experts block of a published model as a layer that is built, has the model's numbers, routes as the
 * model does and can be trained.
 *
 * Old layouts with tensors for each expert and new ones with all experts in one tensor are told apart by names, then by
 * shapes; BF16, F16, F8 and MXFP4 become float32. Of a file of many gigabytes only the block is read, and with `experts`
 * only theirs.
 *
 * @param source a URL of a file, of an index or of a folder; bytes, a Blob, or a checkpoint that is open
 * @throws MoeError for tensors that are missing, too many or of another shape, all in one; where several blocks, layouts or
 *   families fit; and for settings that the layer does not have
 * @example
 * const moe = await loadMixture('https://example.org/mixtral', { family: 'mixtral', layer: 3 });
 * const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [null, 4096] }), moe] });
 */
export async function loadMixture(source: ModelSource, given: LoadMixtureOptions): Promise<MixtureOfExperts> {
  const who = 'loadMixture';
  expectKnownOptions(who, given, options);
  const layer = expectInteger(who, 'layer', given.layer, { min: 0 });
  if (given.family !== undefined) expectOneOf(who, 'family', given.family, familyNames);
  const { checkpoint, config } = await openModel(source, given.config);
  const family = given.family ?? (await detectFamily(checkpoint, layer, given.prefix, config));
  const block = await checkBlock(checkpoint, { family, layer, prefix: given.prefix });
  const all = Array.from({ length: block.sizes.experts }, (_, e) => e);
  const experts = given.experts ? expectExpertNumbers(who, given.experts, all.length) : all;
  const { expertsPerToken, groups, keep, renormalize, weightScale } = given;
  const own = defined({ expertsPerToken, groups, keep, renormalize, weightScale });
  const settings = { ...(config === undefined ? {} : settingsIn(family, config)), ...own };
  const routing = routingOf(family, { ...block.sizes, experts: experts.length }, settings);
  const args = { ...routing, units: block.sizes.features, ...given.args } as MixtureOfExpertsArgs;
  const mixture = builtLayer(args, block.sizes.features);
  try {
    await fill(mixture, checkpoint, (weightOf) => readBlock(checkpoint, family, block, experts, weightOf));
  } catch (error) {
    mixture.dispose();
    throw error;
  }
  return mixture;
}

function defined<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** Writes what `read` puts into arrays into the weights of a layer. */
async function fill(
  mixture: MixtureOfExperts,
  checkpoint: Checkpoint,
  read: (weightOf: (name: string) => Float32Array) => Promise<void>,
): Promise<void> {
  const arrays = new Map<string, Float32Array>();
  const byName = weightsOf(mixture);
  await read((name) => {
    const known = arrays.get(name);
    if (known !== undefined) return known;
    const shape = byName.get(name)?.shape;
    if (shape === undefined) throw new MoeError(checkpoint.name, 'the layer has no weight for', name);
    const array = new Float32Array(tf.util.sizeFromShape(shape as number[]));
    arrays.set(name, array);
    return array;
  });
  const left = [...byName.keys()].filter((name) => !arrays.has(name));
  if (left.length > 0) throw new MoeError(checkpoint.name, 'weights of the layer got no numbers', left);
  writeWeights(mixture, arrays);
}

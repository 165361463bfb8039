import { expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '@tfjs-moe/layers';
import { readWeights } from '../built-layer.ts';
import {
  type CheckpointFiles,
  type CheckpointFilesOptions,
  checkpointFiles,
  type TensorData,
  tensorData,
} from '../safetensors/index.ts';
import { families, familyNames } from './families.ts';
import type { FamilyName, LayoutName } from './family.ts';
import { piecesOf } from './pieces.ts';
import { type Described, describeAs } from './same-routing.ts';
import { byTensor, intoPiece, type Piece } from './tensor-layout.ts';
import { writtenLayout, writtenLayouts } from './written-layout.ts';

/** Options of `mixtureTensors`. */
export interface MixtureTensorsOptions {
  /** Family of models whose reader is to read it. */
  readonly family: FamilyName;
  /** Number of the layer in the model, from 0. */
  readonly layer: number;
  /** Dtype of the numbers; a selection bias stays F32. Default `'F32'`. */
  readonly dtype?: 'F32' | 'BF16' | 'F16';
  /** Tensors for each expert, or all experts in one. Default: as models of the family are published. */
  readonly layout?: Exclude<LayoutName, 'mxfp4'>;
  /** What stands before `layers.` in the names. Default as in the family: `'model.'`. */
  readonly prefix?: string;
}

/** Options of `saveMixture`. */
export interface SaveMixtureOptions extends MixtureTensorsOptions, CheckpointFilesOptions {}

const own: readonly (keyof MixtureTensorsOptions)[] = ['family', 'layer', 'dtype', 'layout', 'prefix'];

/**
 * The tensors of a layer under the names, and in the layout, in which transformers reads a family: to put in the place of
 * those of a model, or to write with `saveMixture`.
 *
 * @throws MoeError for a layer that computes something that the family does not, with all that differs
 */
export async function mixtureTensors(
  layer: MixtureOfExperts,
  options: MixtureTensorsOptions,
): Promise<TensorData[]> {
  expectKnownOptions('mixtureTensors', options, own);
  return (await described(layer, options)).tensors;
}

/**
 * The files of a checkpoint that holds a layer as the block of a model, as transformers reads it: `model.safetensors`, or
 * several with their index, and a `config.json` with what the block alone decides: to be merged into the model's.
 *
 * Numbers are written in F32 exactly, in BF16 and F16 to the nearest. MXFP4 is not written: gpt-oss is read without it too.
 *
 * @throws MoeError for a layer that computes something that the family does not, with all that differs
 * @example
 * const files = await saveMixture(moe, { family: 'mixtral', layer: 3, dtype: 'BF16' });
 * await writeFolder('out', files); // of @tfjs-moe/checkpoints/node
 */
export async function saveMixture(
  layer: MixtureOfExperts,
  options: SaveMixtureOptions,
): Promise<CheckpointFiles> {
  expectKnownOptions('saveMixture', options, [...own, 'maxShardBytes', 'metadata']);
  const { tensors, config } = await described(layer, options);
  const { maxShardBytes, metadata } = options;
  const files = checkpointFiles(tensors, {
    ...(maxShardBytes !== undefined && { maxShardBytes }),
    ...(metadata !== undefined && { metadata }),
  });
  const json = new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
  return new Map([...files, ['config.json', [json]]]);
}

async function described(
  layer: MixtureOfExperts,
  { dtype = 'F32', family: name, layer: number, layout, prefix }: MixtureTensorsOptions,
): Promise<{ tensors: TensorData[]; config: object }> {
  const who = 'saveMixture';
  if (!(layer instanceof MixtureOfExperts))
    throw new MoeError(who, 'the layer must be a MixtureOfExperts', layer);
  expectOneOf(who, 'family', name, familyNames);
  expectOneOf(who, 'dtype', dtype, ['F32', 'BF16', 'F16']);
  expectInteger(who, 'layer', number, { min: 0 });
  const family = families[name];
  if (layout !== undefined) expectOneOf(who, `layout of ${name}`, layout, writtenLayouts(family));
  const about = describeAs(who, layer, name);
  const place = writtenLayout(
    family,
    layout ?? family.writes,
    `${prefix ?? family.writesUnder ?? 'model.'}layers.${number}.`,
  );
  const experts = Array.from({ length: about.sizes.experts }, (_, e) => e);
  const weights = await readWeights(layer);
  const tensors = [...byTensor(piecesOf(family, place, about.sizes, experts))].map(([tensor, pieces]) => {
    const numbers = together(pieces, (of) => weights.get(of)!);
    return tensorData(tensor, tensor === place.selectionBias ? 'F32' : dtype, pieces[0]!.shape, numbers);
  });
  return { tensors, config: configOf(name, about) };
}

/** The numbers of a tensor, from its pieces. */
function together(pieces: readonly Piece[], weightOf: (name: string) => Float32Array): Float32Array {
  const { shape } = pieces[0]!;
  const numbers = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (const piece of pieces) {
    const size = numbers.length / (piece.row === undefined ? 1 : shape[0]!);
    const from = (piece.row ?? 0) * size;
    intoPiece(piece, numbers.subarray(from, from + size), weightOf);
  }
  return numbers;
}

const activationNames: Readonly<Record<string, string>> = { geluTanh: 'gelu_pytorch_tanh' };

/** What a `config.json` says of a block. */
function configOf(name: FamilyName, { sizes, settings }: Described): Readonly<Record<string, unknown>> {
  const { keys, modelTypes, profile } = families[name];
  const { activation, expertsPerToken, groups, jitter, keep, limit, renormalize, weightScale } = settings;
  const values: Record<string, unknown> = { model_type: modelTypes[0], hidden_size: sizes.features };
  const say = (key: string | undefined, value: unknown) => {
    if (key !== undefined && value !== undefined) values[key] = value;
  };
  say(keys.experts, sizes.experts);
  say(keys.expertsPerToken, expertsPerToken);
  say(keys.hiddenUnits, sizes.hiddenUnits);
  say(keys.sharedHiddenUnits, sizes.sharedHiddenUnits);
  say(keys.activation, activationNames[activation!] ?? activation);
  say(keys.renormalize, renormalize);
  say(keys.weightScale, weightScale);
  say(keys.groups, groups);
  say(keys.keep, keep);
  say(keys.limit, limit);
  say(keys.jitter, jitter);
  if (profile === 'deepseek-v2') values.topk_method = groups === 1 ? 'greedy' : 'group_limited_greedy';
  return values;
}

import {
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
} from '@tfjs-moe/core';
import { checkBlock } from '../families/check-block.ts';
import { families } from '../families/families.ts';
import { settingsIn } from '../families/routing.ts';
import { textConfig } from '../families/text-config.ts';
import { type ModelSource, openModel } from '../open-model.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import {
  type ChangedCheckpoint,
  type ChangedCheckpointOptions,
  type ChangedLayer,
  changedFiles,
  receiptBetween,
  withSettings,
} from './changed-checkpoint.ts';
import { type DenseBlock, denseBlocks } from './dense-blocks.ts';
import { allTensors } from './gate-groups.ts';
import { hiddenStates } from './hidden-states.ts';
import { plannedCheckpoint } from './row-tensor.ts';
import { runBlock } from './run-block.ts';
import { upcycledTensors } from './upcycled-tensors.ts';

/** Options of `upcycleCheckpoint`. */
export interface UpcycleCheckpointOptions extends ChangedCheckpointOptions {
  /** Number of experts in every layer. */
  readonly experts: number;
  /** Experts per token. Default 2; with groups, a multiple of them. */
  readonly k?: number;
  /**
   * Which family of mixtures it becomes: `'mixtral'` a Llama or a Mistral, `'qwen3-moe'` a Qwen3. Default: as `model_type` of
   * the config says.
   */
  readonly family?: 'mixtral' | 'qwen3-moe';
  /**
   * What experts are made of. `'copies'`: each is the network. `'virtualGroups'`: the hidden units are shared out to `groups`
   * experts that are always selected together, of which there are several copies. Default `'copies'`.
   */
  readonly method?: 'copies' | 'virtualGroups';
  /** Experts that make up one network, for `'virtualGroups'`. Default 2. */
  readonly groups?: number;
  /** Decides the router's first numbers. Default 0. */
  readonly seed?: number;
  /** Standard deviation of the router's first numbers. Default 0.02. */
  readonly routerDeviation?: number;
  /** What enters the dense network of each layer: a tensor `layers.N` [..., D]. What is written is compared on them. */
  readonly hiddenStates?: Checkpoint;
}

/** Which dense models have the attention of which mixtures. */
const becomes = { llama: 'mixtral', mistral: 'mixtral', qwen3: 'qwen3-moe' } as const;

/**
 * A checkpoint of a dense model with a mixture of experts in the place of the network of every layer, as transformers reads
 * Mixtral or Qwen3-MoE: `upcycle` for models of any size, read while they are written.
 *
 * Weights of the selected experts sum to 1, so that the model says what it said until it is trained, up to rounding where
 * `'virtualGroups'` multiplies; a power of two is exact.
 *
 * Source: Komatsuzaki et al., "Sparse Upcycling" (2023); He et al., "Upcycling Large Language Models into Mixture of Experts"
 * (2024), section 3.2, with the scale on the last kernel alone.
 *
 * @param source as for `loadMixture`, of a dense model
 * @throws MoeError for a model whose layers are no gated networks without biases, or whose attention the family does not have
 * @example
 * const { files } = await upcycleCheckpoint(await openFolder('mistral'), { experts: 8 });
 * await writeFolder('mixtral', files);
 */
export async function upcycleCheckpoint(
  source: ModelSource,
  options: UpcycleCheckpointOptions,
): Promise<ChangedCheckpoint> {
  const who = 'upcycleCheckpoint';
  expectKnownOptions(who, options, [
    ...(['experts', 'k', 'family', 'method', 'groups', 'seed', 'routerDeviation', 'hiddenStates'] as const),
    ...(['onLayer', 'maxShardBytes', 'metadata'] as const),
  ]);
  const model = await openModel(source);
  const { checkpoint, config } = model;
  const dense = await denseBlocks(who, checkpoint);
  const [{ dtype, hiddenUnits }] = dense;
  const family = familyOf(who, config, options.family);
  const method = expectOneOf(who, 'method', options.method ?? 'copies', ['copies', 'virtualGroups']);
  const groups =
    method === 'virtualGroups' ? expectInteger(who, 'groups', options.groups ?? 2, { min: 2 }) : 1;
  const experts = expectExperts(who, 'experts', options.experts);
  const k = expectInteger(who, 'k', options.k ?? Math.max(2, groups), { min: 1, max: experts });
  const multiples = { experts, k, 'the hidden units': hiddenUnits };
  for (const [name, size] of Object.entries(multiples))
    if (size % groups !== 0) throw new MoeError(who, `groups must divide ${name} (${size})`, groups);
  if (k === 1 && experts > 1)
    throw new MoeError(who, 'with k = 1 the weight is no 1, and the function would be another', k);
  if (groups > 1 && !['F32', 'BF16', 'F16'].includes(dtype))
    throw new MoeError(who, 'kernels that are shared out must be in F32, BF16 or F16', dtype);
  const seed = options.seed ?? 0;
  const deviation = expectNumber(who, 'routerDeviation', options.routerDeviation ?? 0.02, { min: 0 });
  const states =
    options.hiddenStates &&
    hiddenStates(
      who,
      options.hiddenStates,
      dense.map(({ layer }) => layer),
    );
  const tensors = await allTensors(checkpoint);
  const made = { family, experts, groups, seed, deviation };
  const now = withSettings(config, settingsOf(family, experts, k, hiddenUnits / groups));
  const layers: ChangedLayer[] = [];
  for (const [at, block] of dense.entries()) {
    options.onLayer?.(block.layer, at, dense.length);
    for (const name of block.all) tensors.delete(name);
    for (const tensor of await upcycledTensors(checkpoint, block, made)) tensors.set(tensor.name, tensor);
    const x = await states?.of(block.layer, block.features);
    if (x === undefined) {
      layers.push({ layer: block.layer });
      continue;
    }
    try {
      // The network itself is the mixture of one expert.
      const alone = await upcycledTensors(checkpoint, block, { ...made, experts: 1, groups: 1 });
      const one = new Map(alone.map((tensor) => [tensor.name, tensor]));
      const before = await run(plannedCheckpoint(checkpoint.name, one), block, 1);
      const after = await run(plannedCheckpoint(checkpoint.name, tensors), block, k);
      layers.push({ layer: block.layer, receipt: receiptBetween(before, after, x.shape[0]) });
    } finally {
      x.dispose();
    }

    async function run(written: Checkpoint, { layer }: DenseBlock, expertsPerToken: number) {
      const checked = await checkBlock(written, { family, layer });
      const settings = { ...(config && settingsIn(family, config)), expertsPerToken, renormalize: true };
      return (await runBlock(written, { ...checked, family, layer, settings }, x!)).output;
    }
  }
  return { files: changedFiles(model, tensors, now, options), layers, optimiserState: 'dropped' };
}

/** @throws MoeError for a model of another type, and for parts of its attention that the family does not have */
function familyOf(
  who: string,
  config: object | undefined,
  given: UpcycleCheckpointOptions['family'],
): 'mixtral' | 'qwen3-moe' {
  if (given !== undefined) expectOneOf(who, 'family', given, ['mixtral', 'qwen3-moe']);
  const own = config === undefined ? {} : textConfig(config);
  const type = String(own.model_type);
  const found = Object.hasOwn(becomes, type) ? becomes[type as keyof typeof becomes] : undefined;
  const family = given ?? found;
  if (family === undefined || (config !== undefined && found !== family)) {
    const rule = `model_type of the config must be one of ${Object.keys(becomes).join(', ')}, which becomes ${family ?? 'mixtral or qwen3-moe'}`;
    throw new MoeError(who, rule, own.model_type);
  }
  const others =
    family === 'mixtral' ? ['rope_scaling', 'attention_bias', 'mlp_bias'].filter((key) => own[key]) : [];
  if (others.length > 0) throw new MoeError(who, `${family} has none of`, others);
  return family;
}

function settingsOf(family: 'mixtral' | 'qwen3-moe', experts: number, k: number, hiddenUnits: number) {
  const { keys, modelTypes } = families[family];
  return {
    model_type: modelTypes[0],
    architectures: family === 'mixtral' ? ['MixtralForCausalLM'] : ['Qwen3MoeForCausalLM'],
    [keys.experts]: experts,
    [keys.expertsPerToken]: k,
    [keys.hiddenUnits]: hiddenUnits,
    ...(keys.renormalize !== undefined && { [keys.renormalize]: true }),
    ...(family === 'qwen3-moe' && { decoder_sparse_step: 1, mlp_only_layers: [] }),
  };
}

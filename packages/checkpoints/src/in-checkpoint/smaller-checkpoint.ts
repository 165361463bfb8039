import { expectInteger, expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { checkBlock } from '../families/check-block.ts';
import { families, familyNames } from '../families/families.ts';
import type { FamilyName } from '../families/family.ts';
import { type ModelSource, openModel } from '../open-model.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { type BlockOfModel, blocksOfModel } from './blocks-of-model.ts';
import {
  type ChangedCheckpoint,
  type ChangedCheckpointOptions,
  type ChangedLayer,
  changedFiles,
  receiptBetween,
  withSettings,
} from './changed-checkpoint.ts';
import { allTensors, expectSmaller } from './gate-groups.ts';
import { expectHiddenStates, hiddenStates } from './hidden-states.ts';
import { plannedCheckpoint } from './row-tensor.ts';
import { type BlockRun, runBlock } from './run-block.ts';
import type { TakenExperts } from './taken-experts.ts';

/** What pruning and merging share. */
export interface SmallerCheckpointOptions<By extends string> extends ChangedCheckpointOptions {
  /** Number of experts that every mixture has then. */
  readonly to: number;
  readonly by?: By;
  /** What enters each mixture: a tensor `layers.N` [..., D] for each layer. */
  readonly hiddenStates?: Checkpoint;
  /** Which family of models it is. Default: found by the config, or by names, where one alone fits. */
  readonly family?: FamilyName;
}

/** A way to fewer experts. */
export interface Reduction<By extends string, Told extends object> {
  readonly who: string;
  /** Options beside the shared ones. */
  readonly options: readonly string[];
  /** The rules: the one that looks at weights alone, and those that look at hidden states, the default one first. */
  readonly rules: readonly [byWeights: By, ...others: By[]];
  /** Whether a rule needs what every expert makes of all tokens. */
  readonly needsMeans?: (by: By) => boolean;
  /** The block with fewer experts, and what is told of it. */
  reduce(
    checkpoint: Checkpoint,
    block: BlockOfModel,
    rule: { readonly to: number; readonly by: By; readonly run: BlockRun | undefined },
  ): Promise<{ readonly parts: readonly TakenExperts[]; readonly told: Told }>;
}

/** A checkpoint with fewer experts in every mixture, which is planned, checked, and compared layer by layer. */
export async function smallerCheckpoint<By extends string, Told extends object>(
  source: ModelSource,
  options: SmallerCheckpointOptions<By>,
  { needsMeans = () => false, options: own, reduce, rules, who }: Reduction<By, Told>,
): Promise<ChangedCheckpoint<ChangedLayer & Told>> {
  expectKnownOptions(who, options, [
    ...['to', 'by', 'hiddenStates', 'family', 'onLayer', 'maxShardBytes', 'metadata', ...own],
  ]);
  if (options.family !== undefined) expectOneOf(who, 'family', options.family, familyNames);
  const model = await openModel(source);
  const { checkpoint } = model;
  const blocks = await blocksOfModel(who, model, options.family);
  const to = expectInteger(who, 'to', options.to, { min: 1, max: blocks[0].sizes.experts });
  const numbers = blocks.map(({ layer }) => layer);
  const states = options.hiddenStates && hiddenStates(who, options.hiddenStates, numbers);
  const [byWeights, byStates] = rules;
  const by = expectOneOf(who, 'by', options.by ?? (states ? byStates! : byWeights), rules);
  if (by !== byWeights) expectHiddenStates(who, by, states, byWeights);
  const tensors = await allTensors(checkpoint);
  const layers: (ChangedLayer & Told)[] = [];
  for (const [at, block] of blocks.entries()) {
    const { layer, sizes } = block;
    options.onLayer?.(layer, at, blocks.length);
    const smaller = expectSmaller(who, block, to);
    const x = await states?.of(layer, sizes.features);
    try {
      const run = x && (await runBlock(checkpoint, block, x, needsMeans(by)));
      const { parts, told } = await reduce(checkpoint, block, { to, by, run });
      for (const { gone, tensors: now } of parts) {
        for (const name of gone) tensors.delete(name);
        for (const tensor of now) tensors.set(tensor.name, tensor);
      }
      // What is written is read as whoever loads it will.
      const written = plannedCheckpoint(checkpoint.name, tensors);
      const now = { ...smaller, ...(await checkBlock(written, block)) };
      const after = run && (await runBlock(written, now, x!));
      const receipt = after && { receipt: receiptBetween(run.output, after.output, x!.shape[0]) };
      layers.push({ layer, ...told, ...receipt });
    } finally {
      x?.dispose();
    }
  }
  const config = withSettings(model.config, { [families[blocks[0].family].keys.experts]: to });
  return { files: changedFiles(model, tensors, config, options), layers, optimiserState: 'dropped' };
}

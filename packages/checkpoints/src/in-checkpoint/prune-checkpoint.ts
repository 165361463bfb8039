import { expectInteger, expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { checkBlock } from '../families/check-block.ts';
import { families, familyNames } from '../families/families.ts';
import type { FamilyName } from '../families/family.ts';
import { type ModelSource, openModel } from '../open-model.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { blocksOfModel } from './blocks-of-model.ts';
import {
  type ChangedCheckpoint,
  type ChangedCheckpointOptions,
  type ChangedLayer,
  changedFiles,
  receiptBetween,
  withSettings,
} from './changed-checkpoint.ts';
import { allTensors, expectSmaller, groupsOf, routerNorms } from './gate-groups.ts';
import { expectHiddenStates, hiddenStates } from './hidden-states.ts';
import { plannedCheckpoint } from './row-tensor.ts';
import { runBlock } from './run-block.ts';
import { takenExperts } from './taken-experts.ts';

/** Options of `pruneCheckpoint`. */
export interface PruneCheckpointOptions extends ChangedCheckpointOptions {
  /** Number of experts that stay in every mixture. */
  readonly to: number;
  /**
   * Which stay: those with the longest rows of the router, which weights alone tell (`'routerNorm'`); those that are selected
   * most often for the hidden states (`'frequency'`), or that add most (`'reap'`). Default `'reap'`, or `'routerNorm'` without
   * hidden states.
   */
  readonly by?: 'routerNorm' | 'frequency' | 'reap';
  /** What enters each mixture: a tensor `layers.N` [..., D] for each layer. */
  readonly hiddenStates?: Checkpoint;
  /** Which family of models it is. Default: found by the config, or by names, where one alone fits. */
  readonly family?: FamilyName;
}

/** A mixture of a checkpoint with fewer experts. */
export interface PrunedLayer extends ChangedLayer {
  /** Numbers of the experts that stay, as they were. */
  readonly kept: readonly number[];
  /** What they were chosen by, of all experts. */
  readonly scores: readonly number[];
}

/**
 * A checkpoint of a published model whose mixtures have fewer experts: tensors, rows of the router and of its biases, and the
 * number of experts in the config. What stays is the same, bit for bit, in F8 and MXFP4 too; experts per token stay.
 *
 * Read while it is written, and looked at one expert at a time: of a model of any size never more than one is in memory. Where
 * the gate has groups of experts, as many stay in each. Ties go to the lower number.
 *
 * Source: Lasby et al., "REAP the Experts" (2025).
 *
 * @param source as for `loadMixture`
 * @throws MoeError for a rule that needs hidden states where none are given, and for what the gate cannot do with fewer experts
 * @example
 * const { files, layers } = await pruneCheckpoint(await openFolder('olmoe'), { to: 48 });
 * await writeFolder('smaller', files);
 */
export async function pruneCheckpoint(
  source: ModelSource,
  options: PruneCheckpointOptions,
): Promise<ChangedCheckpoint<PrunedLayer>> {
  const who = 'pruneCheckpoint';
  expectKnownOptions(who, options, [
    ...(['to', 'by', 'hiddenStates', 'family', 'onLayer', 'maxShardBytes', 'metadata'] as const),
  ]);
  if (options.family !== undefined) expectOneOf(who, 'family', options.family, familyNames);
  const model = await openModel(source);
  const { checkpoint } = model;
  const blocks = await blocksOfModel(who, model, options.family);
  const to = expectInteger(who, 'to', options.to, { min: 1, max: blocks[0].sizes.experts });
  const states =
    options.hiddenStates &&
    hiddenStates(
      who,
      options.hiddenStates,
      blocks.map(({ layer }) => layer),
    );
  const by = expectOneOf(who, 'by', options.by ?? (states ? 'reap' : 'routerNorm'), [
    ...(['routerNorm', 'frequency', 'reap'] as const),
  ]);
  if (by !== 'routerNorm') expectHiddenStates(who, by, states, "'routerNorm'");
  const tensors = await allTensors(checkpoint);
  const layers: PrunedLayer[] = [];
  for (const [at, block] of blocks.entries()) {
    options.onLayer?.(block.layer, at, blocks.length);
    const smaller = expectSmaller(who, block, to);
    const x = await states?.of(block.layer, block.sizes.features);
    try {
      const run = x && (await runBlock(checkpoint, block, x));
      const scores = by === 'routerNorm' ? await routerNorms(checkpoint, block) : run![by];
      const kept = best(scores, to, groupsOf(block));
      const { gone, tensors: taken } = await takenExperts(checkpoint, block, kept);
      for (const name of gone) tensors.delete(name);
      for (const tensor of taken) tensors.set(tensor.name, tensor);
      const written = plannedCheckpoint(checkpoint.name, tensors);
      // What is written is read as whoever loads it will.
      const now = { ...smaller, ...(await checkBlock(written, block)) };
      const after = run && (await runBlock(written, now, x!));
      const receipt = after && { receipt: receiptBetween(run.output, after.output, x!.shape[0]) };
      layers.push({ layer: block.layer, kept, scores, ...receipt });
    } finally {
      x?.dispose();
    }
  }
  const config = withSettings(model.config, { [families[blocks[0].family].keys.experts]: to });
  return { files: changedFiles(model, tensors, config, options), layers, optimiserState: 'dropped' };
}

/** The numbers of the largest scores, as many in each group, in order. */
function best(scores: readonly number[], to: number, groups: number): number[] {
  const size = scores.length / groups;
  return Array.from({ length: groups }, (_, g) =>
    Array.from({ length: size }, (_, i) => g * size + i)
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, to / groups),
  )
    .flat()
    .sort((a, b) => a - b);
}

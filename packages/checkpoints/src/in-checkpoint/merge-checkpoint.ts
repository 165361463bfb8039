import { type Expert, expectInteger, expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { checkBlock } from '../families/check-block.ts';
import { families, familyNames } from '../families/families.ts';
import type { FamilyName } from '../families/family.ts';
import { routingOf } from '../families/routing.ts';
import { type ModelSource, openModel } from '../open-model.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { cosine, distanceOf, groupsByDistance, groupsByLogits, ordered } from '../surgery/expert-groups.ts';
import { blocksOfModel } from './blocks-of-model.ts';
import {
  type ChangedCheckpoint,
  type ChangedCheckpointOptions,
  type ChangedLayer,
  changedFiles,
  receiptBetween,
  withSettings,
} from './changed-checkpoint.ts';
import { allTensors, expectSmaller, groupsOf, routerRows } from './gate-groups.ts';
import { expectHiddenStates, hiddenStates } from './hidden-states.ts';
import { mergedTensors } from './merged-tensors.ts';
import { plannedCheckpoint } from './row-tensor.ts';
import { runBlock } from './run-block.ts';
import { takenExperts } from './taken-experts.ts';

/** Options of `mergeCheckpoint`. */
export interface MergeCheckpointOptions extends ChangedCheckpointOptions {
  /** Number of groups in every mixture: of experts that there are then. */
  readonly to: number;
  /**
   * Who is merged: experts whose rows of the router point most nearly the same way, by average linkage, which weights alone
   * tell (`'router'`); `'m-smoe'` and `'hc-smoe'` as in `mergeExperts`, for the hidden states. Default `'hc-smoe'`, or `'router'`
   * without hidden states.
   */
  readonly by?: 'router' | 'm-smoe' | 'hc-smoe';
  /**
   * Whether the hidden units of each expert are put in the order in which they are most like those of its group's first, by an
   * assignment, which takes time with the third power of their number: minutes for each expert of 4096. Default true.
   */
  readonly align?: boolean;
  /** What enters each mixture: a tensor `layers.N` [..., D] for each layer. */
  readonly hiddenStates?: Checkpoint;
  /** Which family of models it is. Default: found by the config, or by names, where one alone fits. */
  readonly family?: FamilyName;
}

/** A mixture of a checkpoint whose experts are merged. */
export interface MergedLayer extends ChangedLayer {
  /** The experts of every group, the one whose row of the router stays first. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * A checkpoint of a published model whose experts are merged in groups, as `mergeExperts` does in a layer: of each group the
 * router has the row of its most used expert, or of that with the longest row where no hidden states are given, and the config
 * has as many experts as there are groups. Where the gate has groups of experts, none are merged across them.
 *
 * Read while it is written, two experts at a time. Numbers are averaged in float64 and rounded once, to the dtype that they
 * had. Prefer `pruneCheckpoint` where the receipts say the same of both: it usually loses less.
 *
 * @param source as for `loadMixture`
 * @throws MoeError for a rule that needs hidden states where none are given, and for numbers in F8 and MXFP4
 */
export async function mergeCheckpoint(
  source: ModelSource,
  options: MergeCheckpointOptions,
): Promise<ChangedCheckpoint<MergedLayer>> {
  const who = 'mergeCheckpoint';
  expectKnownOptions(who, options, [
    ...(['to', 'by', 'align', 'hiddenStates', 'family', 'onLayer', 'maxShardBytes', 'metadata'] as const),
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
  const by = expectOneOf(who, 'by', options.by ?? (states ? 'hc-smoe' : 'router'), [
    ...(['router', 'm-smoe', 'hc-smoe'] as const),
  ]);
  if (by !== 'router') expectHiddenStates(who, by, states, "'router'");
  const tensors = await allTensors(checkpoint);
  const layers: MergedLayer[] = [];
  for (const [at, block] of blocks.entries()) {
    options.onLayer?.(block.layer, at, blocks.length);
    const smaller = expectSmaller(who, block, to);
    const x = await states?.of(block.layer, block.sizes.features);
    try {
      const run = x && (await runBlock(checkpoint, block, x, by === 'hc-smoe'));
      const rows = await routerRows(checkpoint, block);
      const frequency = run?.frequency ?? rows.map((row) => distanceOf(row, new Float32Array(row.length)));
      const grouped = (experts: readonly number[], count: number) => {
        if (by === 'm-smoe')
          return groupsByLogits(experts, (e) => run!.logits.map((row) => row[e]!), run!.frequency, count);
        const apart =
          by === 'router'
            ? (a: number, b: number) => 1 - cosine(rows[a]!, rows[b]!)
            : (a: number, b: number) => distanceOf(run!.meanOutputs[a]!, run!.meanOutputs[b]!);
        return groupsByDistance(experts, apart, count);
      };
      const groups = ordered(
        membersOf(block.sizes.experts, groupsOf(block)).flatMap((each, _, all) =>
          grouped(each, to / all.length),
        ),
        frequency,
      );
      const shares = run?.frequency ?? rows.map(() => 1);
      const { expert } = routingOf(block.family, block.sizes, block.settings);
      const dominant = groups.map(([first]) => first!);
      for (const { gone, tensors: now } of [
        await takenExperts(checkpoint, block, dominant, ['gate/']),
        await mergedTensors(who, checkpoint, block, {
          groups,
          frequency: shares,
          isAligned: options.align ?? true,
          expert: expert as unknown as Expert,
        }),
      ]) {
        for (const name of gone) tensors.delete(name);
        for (const tensor of now) tensors.set(tensor.name, tensor);
      }
      const written = plannedCheckpoint(checkpoint.name, tensors);
      // What is written is read as whoever loads it will.
      const now = { ...smaller, ...(await checkBlock(written, block)) };
      const after = run && (await runBlock(written, now, x!));
      const receipt = after && { receipt: receiptBetween(run.output, after.output, x!.shape[0]) };
      layers.push({ layer: block.layer, groups, ...receipt });
    } finally {
      x?.dispose();
    }
  }
  const config = withSettings(model.config, { [families[blocks[0].family].keys.experts]: to });
  return { files: changedFiles(model, tensors, config, options), layers, optimiserState: 'dropped' };
}

/** Runs of consecutive experts, one for each group of a gate. */
function membersOf(experts: number, groups: number): number[][] {
  const size = experts / groups;
  return Array.from({ length: groups }, (_, g) => Array.from({ length: size }, (_, i) => g * size + i));
}

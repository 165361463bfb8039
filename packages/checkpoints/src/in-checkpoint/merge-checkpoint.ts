import type { Expert } from '@tfjs-moe/core';
import { routingOf } from '../families/routing.ts';
import type { ModelSource } from '../open-model.ts';
import { cosine, distanceOf, groupsByDistance, groupsByLogits, ordered } from '../surgery/expert-groups.ts';
import type { ChangedCheckpoint, ChangedLayer } from './changed-checkpoint.ts';
import { groupsOf, routerRows } from './gate-groups.ts';
import { mergedTensors } from './merged-tensors.ts';
import { type SmallerCheckpointOptions, smallerCheckpoint } from './smaller-checkpoint.ts';
import { takenExperts } from './taken-experts.ts';

/** Which experts of a checkpoint are merged. */
export type MergingRule = 'router' | 'm-smoe' | 'hc-smoe';

/** Options of `mergeCheckpoint`. */
export interface MergeCheckpointOptions extends SmallerCheckpointOptions<MergingRule> {
  /**
   * Who is merged: experts whose rows of the router point most nearly the same way, by average linkage, which weights alone
   * tell (`'router'`); `'m-smoe'` and `'hc-smoe'` as in `mergeExperts`, for the hidden states. Default `'hc-smoe'`, or `'router'`
   * without hidden states.
   */
  readonly by?: MergingRule;
  /**
   * Whether the hidden units of each expert are put in the order in which they are most like those of its group's first, by an
   * assignment, which takes time with the third power of their number: minutes for each expert of 4096. Default true.
   */
  readonly align?: boolean;
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
export function mergeCheckpoint(
  source: ModelSource,
  options: MergeCheckpointOptions,
): Promise<ChangedCheckpoint<MergedLayer>> {
  const who = 'mergeCheckpoint';
  return smallerCheckpoint(source, options, {
    who,
    options: ['align'],
    rules: ['router', 'hc-smoe', 'm-smoe'],
    needsMeans: (by) => by === 'hc-smoe',
    async reduce(checkpoint, block, { by, run, to }) {
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
      const merged = await mergedTensors(who, checkpoint, block, {
        groups,
        frequency: shares,
        isAligned: options.align ?? true,
        expert: expert as unknown as Expert,
      });
      return {
        parts: [await takenExperts(checkpoint, block, dominant, ['gate/']), merged],
        told: { groups },
      };
    },
  });
}

/** Runs of consecutive experts, one for each group of a gate. */
function membersOf(experts: number, groups: number): number[][] {
  const size = experts / groups;
  return Array.from({ length: groups }, (_, g) => Array.from({ length: size }, (_, i) => g * size + i));
}

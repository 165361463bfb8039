import type { ModelSource } from '../open-model.ts';
import type { ChangedCheckpoint, ChangedLayer } from './changed-checkpoint.ts';
import { groupsOf, routerNorms } from './gate-groups.ts';
import { type SmallerCheckpointOptions, smallerCheckpoint } from './smaller-checkpoint.ts';
import { takenExperts } from './taken-experts.ts';

/** Which experts of a checkpoint stay. */
export type PruningRule = 'routerNorm' | 'frequency' | 'reap';

/** Options of `pruneCheckpoint`. */
export interface PruneCheckpointOptions extends SmallerCheckpointOptions<PruningRule> {
  /**
   * Which stay: those with the longest rows of the router, which weights alone tell (`'routerNorm'`); those that are selected
   * most often for the hidden states (`'frequency'`), or that add most (`'reap'`). Default `'reap'`, or `'routerNorm'` without
   * hidden states.
   */
  readonly by?: PruningRule;
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
export function pruneCheckpoint(
  source: ModelSource,
  options: PruneCheckpointOptions,
): Promise<ChangedCheckpoint<PrunedLayer>> {
  return smallerCheckpoint(source, options, {
    who: 'pruneCheckpoint',
    options: [],
    rules: ['routerNorm', 'reap', 'frequency'],
    async reduce(checkpoint, block, { by, run, to }) {
      const scores = by === 'routerNorm' ? await routerNorms(checkpoint, block) : run![by];
      const kept = best(scores, to, groupsOf(block));
      return { parts: [await takenExperts(checkpoint, block, kept)], told: { kept, scores } };
    },
  });
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

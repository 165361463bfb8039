import {
  defineGate,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectOneOf,
  type Gate,
  type GateOps,
} from '@tfjs-moe/core';
import { lastOutside, union } from './selection.ts';
import { type SelectionLimit, type TopKOptions, topKOf, topKOptions } from './top-k.ts';

/** Options of `groupLimitedTopK`: those of `topK`, and which groups take part. */
export interface GroupLimitedTopKOptions<Kind extends string = string> extends TopKOptions<Kind> {
  /** Number of groups; it must divide the number of experts. */
  readonly groups: number;
  /** Number of groups that take part, from 1 to `groups`. Default half of them, rounded up. */
  readonly keep?: number;
  /**
   * A group's score is the sum of so many of its best weights, each with its selection bias. Default 2, as in the
   * published code of DeepSeek-V3; 1 is the maximum of DeepSeek-V2, and `k / keep` what the report of DeepSeek-V3 and
   * Megatron say, which is the same where k is twice `keep`.
   */
  readonly best?: number;
  /**
   * What the experts of the other groups are left with: `'nothing'`, or the value `'zero'`, with which they overtake
   * experts whose weight plus selection bias is negative, as in Hugging Face's models of 2025. Default `'nothing'`.
   */
  readonly rest?: 'nothing' | 'zero';
}

/**
 * Group-limited top-K gate: the $k$ best experts of every token among those of its best groups. The experts are equal
 * groups of neighbours, $e \in G_1, \dots, G_n$, and a group is as good as the sum of its best,
 * $\displaystyle\sum_{e \in \mathrm{TopK}(G_i)} (g_e + b_e)$, with $g$ the weights of another gate and $b$ the selection
 * bias. Weights are those of `topK`.
 *
 * Where the experts of a group live on one machine it bounds how many machines a token has to reach. It is the gate of
 * DeepSeek-V3 over `sigmoid` with `selectionBias`, and of DeepSeek-V2 over `softmax` with `best: 1`.
 *
 * Source: DeepSeek-AI, "DeepSeek-V2" (2024), section 2.2.2; "DeepSeek-V3 Technical Report" (2024), section 2.1.2 and
 * equations (12) to (16).
 */
export const groupLimitedTopK: (<const Kind extends string>(
  options: GroupLimitedTopKOptions<Kind>,
) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('groupLimitedTopK', (options: GroupLimitedTopKOptions) => {
  const who = 'groupLimitedTopK';
  expectKnownOptions(who, options, [...topKOptions, 'groups', 'keep', 'best', 'rest']);
  const groups = expectExperts(who, 'groups', options.groups);
  const keep = expectInteger(who, 'keep', options.keep ?? Math.ceil(groups / 2), { min: 1, max: groups });
  const best = expectExperts(who, 'best', options.best ?? 2);
  const rest = expectOneOf(who, 'rest', options.rest ?? 'nothing', ['nothing', 'zero']);

  const limit: SelectionLimit = {
    expectSuits(experts, k) {
      const size = expectInteger(who, `the number of experts (${experts}) over groups`, experts / groups);
      const members = keep * size;
      expectInteger(who, 'best', best, { min: 1, max: size, maxName: `the size of a group (${size})` });
      expectInteger(who, 'k', k, {
        min: 1,
        max: members,
        maxName: `the experts of ${keep} groups (${members})`,
      });
    },
    limited<V>(ops: GateOps<V>, scores: V, values: V) {
      const inside = ops.within(groups);
      const members = inside.topK(scores, best);
      const total = best === 1 ? scores : inside.sumExperts(ops.mul(values, union(ops, members)));
      // The best member stands for its group.
      const first = ops.topK(lastOutside(ops, members[0]!, total), keep);
      const kept = inside.sumExperts(union(ops, first));
      return rest === 'zero' ? ops.mul(kept, values) : lastOutside(ops, kept, scores);
    },
  };
  const gate = topKOf(who, options, limit);
  return { ...gate, config: { ...gate.config, groups, keep, best, rest } };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly groupLimitedTopK: GroupLimitedTopKOptions<Kind>;
  }
}

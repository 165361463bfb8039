/**
 * Runs of consecutive experts, as the groups of a tree are.
 */
import { MoeError } from './errors.ts';
import type { GateOps } from './gate-ops.ts';

/** So many runs of one size, or one run of each of these sizes. */
export type Runs = number | readonly number[];

/** How many runs there are. */
export function runCount(runs: Runs): number {
  return typeof runs === 'number' ? runs : runs.length;
}

/**
 * The sizes of runs of a number of experts.
 * @param who named in errors
 */
export function runSizes(who: string, runs: Runs, experts: number): readonly number[] {
  if (typeof runs === 'number') {
    if (experts % runs === 0) return Array.from({ length: runs }, () => experts / runs);
    throw new MoeError(who, `groups must divide the number of experts (${experts})`, runs);
  }
  const total = runs.reduce((sum, size) => sum + size, 0);
  if (total === experts) return runs;
  throw new MoeError(who, `the sizes of the groups must add up to the number of experts (${experts})`, runs);
}

/**
 * The operations of a gate where every operation over the experts, `spread` too, stays inside its run: `within` for runs of
 * unequal sizes as well. Inside of those there can be equal runs, and none of other sizes.
 */
export function withinRuns<V>(ops: GateOps<V>, runs: Runs): GateOps<V> {
  if (typeof runs === 'number') return ops.within(runs);
  return ops.withinSizes?.(runs) ?? inSizes(ops, ops, runs, 1);
}

/**
 * @param inside what is done in a run
 * @param groups how many equal ones each run has inside
 */
function inSizes<V>(
  ops: GateOps<V>,
  inside: GateOps<V>,
  sizes: readonly number[],
  groups: number,
): GateOps<V> {
  const each = (of: (run: V) => V) => (a: V) => ops.joined(ops.runs(a, sizes).map(of));
  const counts = sizes.map(() => groups);
  const refuse = (): never => {
    throw new MoeError(
      'withinRuns',
      'inside of runs of unequal sizes there can be none of other sizes',
      sizes,
    );
  };
  return {
    ...ops,
    softmax: each(inside.softmax),
    // What is the same for all experts of a run may come back as one number.
    logSumExp: each((run) => inside.spread(inside.logSumExp(run), run)),
    sumExperts: each((run) => inside.spread(inside.sumExperts(run), run)),
    topK(scores, k) {
      const masks = ops.runs(scores, sizes).map((run) => inside.topK(run, k));
      return Array.from({ length: k }, (_, choice) => ops.joined(masks.map((own) => own[choice]!)));
    },
    within: (inner) => inSizes(ops, inside.within(inner), sizes, groups * inner),
    inSequences: () => inSizes(ops.inSequences(), inside.inSequences(), sizes, groups),
    spread(groupValues, like) {
      const members = ops.runs(like, sizes);
      return ops.joined(ops.runs(groupValues, counts).map((value, run) => ops.spread(value, members[run]!)));
    },
    runs: refuse,
    joined: refuse,
  };
}

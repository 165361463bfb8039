/**
 * The work of a study as a list of independent tasks: one per arm, size and replicate.
 *
 * A task's number decides its random numbers and its place in the results, so that nothing depends on which process
 * ran it, or when.
 */
import type { Study } from './study.ts';

export interface Task {
  /** Place in the list, from 0. */
  readonly index: number;
  /** Name of the arm. */
  readonly arm: string;
  /** Observations. */
  readonly n: number;
  /** From 0. */
  readonly replicate: number;
}

/** One part of n equal ones: the tasks whose index leaves the remainder `index`. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

export function tasksOf({ arms, sizes, replicates }: Pick<Study, 'arms' | 'sizes' | 'replicates'>): Task[] {
  let index = 0;
  return arms.flatMap(({ name }) =>
    sizes.flatMap((n) =>
      Array.from({ length: replicates }, (_, replicate) => ({ index: index++, arm: name, n, replicate })),
    ),
  );
}

/** The tasks of one shard. Neighbours go to different shards, since they take alike long. */
export function tasksOfShard(tasks: readonly Task[], shard: Shard | undefined): Task[] {
  return shard === undefined ? [...tasks] : tasks.filter(({ index }) => index % shard.count === shard.index);
}

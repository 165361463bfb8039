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

type Plan = Pick<Study, 'arms' | 'sizes' | 'replicates'>;

export function tasksOf(plan: Plan): Task[] {
  return Array.from({ length: taskCount(plan) }, (_, index) => taskAt(plan, index)!);
}

export function taskCount({ arms, sizes, replicates }: Plan): number {
  return arms.length * sizes.length * replicates;
}

/** The task of a place in the list: replicates of the first size of the first arm come first. */
export function taskAt({ arms, sizes, replicates }: Plan, index: number): Task | undefined {
  const replicate = index % replicates;
  const cell = Math.floor(index / replicates);
  const n = sizes[cell % sizes.length];
  const arm = arms[Math.floor(cell / sizes.length)];
  return arm === undefined || n === undefined ? undefined : { index, arm: arm.name, n, replicate };
}

/** The tasks of one shard. Neighbours go to different shards, since they take alike long. */
export function tasksOfShard(tasks: readonly Task[], shard: Shard | undefined): Task[] {
  return shard === undefined ? [...tasks] : tasks.filter((task) => isInShard(task, shard));
}

export function isInShard({ index }: Task, shard: Shard): boolean {
  return index % shard.count === shard.index;
}

/** Which of several truths a replicate has: they take turns. */
export function truthOf(replicate: number, truths: number): number {
  return replicate % truths;
}

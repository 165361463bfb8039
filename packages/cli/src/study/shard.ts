/**
 * Which part of a study a process runs: `--shard 2/8`, or `--shard auto/8` where Kubernetes or Slurm says which.
 */
import { MoeError } from '@tfjs-moe/core';
import type { Shard } from './task.ts';

const WHO = 'moe study';

/**
 * @param written `i/n` with i from 0 to n - 1; `auto/n` takes i from JOB_COMPLETION_INDEX (Kubernetes Indexed Job) or
 * SLURM_ARRAY_TASK_ID; `auto` takes n from SLURM_ARRAY_TASK_COUNT as well
 */
export function parseShard(
  written: string,
  environment: Readonly<Record<string, string | undefined>>,
): Shard {
  const [first = '', second] = written.split('/');
  const index = first === 'auto' ? indexFrom(environment) : first;
  const count = second ?? (first === 'auto' ? environment.SLURM_ARRAY_TASK_COUNT : undefined);
  const shard = { index: whole(index), count: whole(count) };
  if (!(shard.count >= 1 && shard.index >= 0 && shard.index < shard.count)) {
    throw new MoeError(
      WHO,
      'shard must be i/n with i from 0 to n - 1, auto/n, or auto in a Slurm array',
      `${index ?? '?'}/${count ?? '?'}`,
    );
  }
  return shard;
}

function indexFrom(environment: Readonly<Record<string, string | undefined>>): string {
  const index = environment.JOB_COMPLETION_INDEX ?? slurmIndex(environment);
  if (index === undefined) {
    throw new MoeError(
      WHO,
      'shard auto needs JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID (Slurm) in the environment',
    );
  }
  return index;
}

/** Slurm arrays start where the user says. */
function slurmIndex({
  SLURM_ARRAY_TASK_ID: id,
  SLURM_ARRAY_TASK_MIN: least = '0',
}: Readonly<Record<string, string | undefined>>): string | undefined {
  return id === undefined ? undefined : String(Number(id) - Number(least));
}

function whole(written: string | undefined): number {
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : Number.NaN;
}

import { MoeError } from '@tfjs-moe/core';
import type { Header, Outcome } from './results.ts';
import { isInShard, taskAt } from './task.ts';

type Fields = { readonly [Name in keyof Outcome]?: unknown };

const known = ['index', 'arm', 'n', 'replicate', 'losses', 'converged', 'iterations', 'error'];

/**
 * A line of results, believed only where it is the outcome of a task of the study, with all that belongs to it.
 * @param where the line, for errors: `line 3 of FILE`
 * @throws MoeError that says what is wrong with it
 */
export function expectOutcome(who: string, value: unknown, header: Header, where: string): Outcome {
  const refuse = (rule: string, received: unknown) =>
    new MoeError(who, `${where} must be the outcome of a task: ${rule}`, received);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('an object', value);
  const { index, arm, n, replicate, losses, converged, iterations, error } = value as Fields;
  const { config, tasks, shard } = header;
  const task = Number.isInteger(index) ? taskAt(config, index as number) : undefined;
  if (task === undefined) throw refuse(`index must be an integer between 0 and ${tasks - 1}`, index);
  if (shard && !isInShard(task, shard))
    throw refuse(`index must be one of shard ${shard.index}/${shard.count}`, index);
  for (const [name, given] of Object.entries({ arm, n, replicate })) {
    const wanted = task[name as 'arm' | 'n' | 'replicate'];
    if (given !== wanted) throw refuse(`${name} of task ${index} must be ${JSON.stringify(wanted)}`, given);
  }
  const hasFailed = error !== undefined;
  if (hasFailed && typeof error !== 'string') throw refuse('error must be a text', error);
  const names = config.arms.find(({ name }) => name === task.arm)!.losses;
  if (!areLosses(losses, names, hasFailed)) {
    const values = hasFailed ? 'null, since the fit failed' : 'a finite number each';
    throw refuse(`losses must be ${names.join(', ')}, ${values}`, losses);
  }
  if (typeof converged !== 'boolean') throw refuse('converged must be true or false', converged);
  if (!Number.isSafeInteger(iterations) || (iterations as number) < 0)
    throw refuse('iterations must be an integer of at least 0', iterations);
  const stray = Object.keys(value).find((name) => !known.includes(name));
  if (stray !== undefined) throw refuse('there is no such field', stray);
  return value as Outcome;
}

function areLosses(value: unknown, names: readonly string[], hasFailed: boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const isRight = (loss: unknown) => (hasFailed ? loss === null : Number.isFinite(loss));
  return (
    Object.keys(value).length === new Set(names).size &&
    names.every((name) => Object.hasOwn(value, name) && isRight((value as Record<string, unknown>)[name]))
  );
}

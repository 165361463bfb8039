import { machineError } from '@tfjs-moe/command-line';
import type { Outcome } from './results.ts';
import type { Task } from './task.ts';
import { type OpenPool, type TaskPool, type TaskPoolOptions, ThreadDeath } from './task-pool.ts';

const WHO = 'moe study';

export interface TasksOptions extends TaskPoolOptions {
  readonly openPool: OpenPool;
  /** Ends the work after the tasks that are begun. */
  readonly signal?: AbortSignal;
}

interface Failure {
  readonly task: Task;
  readonly error: unknown;
}

/**
 * Runs tasks, as many at once as there are threads. A task whose thread ended under it is tried once more, when the others
 * are done and it has the machine to itself; a task that fails keeps no other from being run.
 * @param onOutcome told of each as it comes; what it throws ends the work
 * @throws MoeError that names the tasks whose thread ended twice, or the first error that a task threw
 */
export async function runTasks(
  tasks: readonly Task[],
  { openPool, source, workers, memory, signal }: TasksOptions,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  if (tasks.length === 0) return;
  const pool = await opened(openPool, { source, workers: Math.min(workers, tasks.length), memory });
  // The largest samples first: the last ones would keep one core busy while the others are done.
  const queue = [...tasks].sort((a, b) => b.n - a.n || a.index - b.index);
  const again: Task[] = [];
  const failures: Failure[] = [];
  let isOver = false;
  const next = () => (isOver || signal?.aborted ? undefined : queue.shift());
  const lane = async () => {
    for (let task = next(); task !== undefined; task = next()) {
      const outcome = await attempt(pool, task, (failure) =>
        failure.error instanceof ThreadDeath ? again.push(failure.task) : failures.push(failure),
      );
      if (outcome !== undefined) onOutcome(outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.lanes }, lane));
    for (const task of again) {
      if (signal?.aborted) return;
      const outcome = await attempt(pool, task, (failure) => failures.push(failure));
      if (outcome !== undefined) onOutcome(outcome);
    }
  } finally {
    isOver = true;
    await pool.close();
  }
  if (failures.length > 0 && !signal?.aborted) throw failed(failures);
}

async function opened(openPool: OpenPool, options: TaskPoolOptions): Promise<TaskPool> {
  try {
    return await openPool(options);
  } catch (error) {
    if (!(error instanceof ThreadDeath)) throw error;
    throw machineError(WHO, `no thread can load the study: ${error.message}`, error.cause);
  }
}

async function attempt(
  pool: TaskPool,
  task: Task,
  onFailure: (failure: Failure) => void,
): Promise<Outcome | undefined> {
  try {
    return await pool.run(task.index);
  } catch (error) {
    onFailure({ task, error });
    return undefined;
  }
}

/** At most so many tasks are named. */
const NAMED = 5;

function failed(unsorted: readonly Failure[]): Error {
  // In an order that does not depend on which thread was first.
  const failures = [...unsorted].sort((a, b) => a.task.index - b.task.index);
  const named = failures
    .slice(0, NAMED)
    .map(({ task, error }) => `${describe(task)}: ${(error as Error).message ?? error}`);
  const more = failures.length > NAMED ? `; and ${failures.length - NAMED} more` : '';
  const count = failures.length === 1 ? 'a task' : `${failures.length} tasks`;
  const rule = `${count} could not be computed, twice: ${named.join('; ')}${more}`;
  const mend =
    'The others are kept, and the same command tries these again, with more --memory or fewer --workers';
  const bug = failures.find(({ error }) => !(error instanceof ThreadDeath));
  if (bug === undefined) return machineError(WHO, `${rule}. ${mend}`, failures[0]?.error);
  return new Error(`${describe(bug.task)} failed; the others are kept`, { cause: bug.error });
}

function describe({ index, arm, n, replicate }: Task): string {
  return `task ${index} (${arm}, n = ${n}, replicate ${replicate})`;
}

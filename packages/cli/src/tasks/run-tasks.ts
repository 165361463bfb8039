import { machineError } from '@tfjs-moe/command-line';
import type { Numbered } from './task-file.ts';
import { type OpenPool, type TaskPool, type TaskPoolOptions, ThreadDeath } from './task-pool.ts';

export interface TasksOptions<Task, Source, Outcome> extends TaskPoolOptions<Source> {
  readonly who: string;
  /** What a thread loads before its first task, such as `the study`. */
  readonly loads: string;
  /** A task in an error. */
  describe(task: Task): string;
  readonly openPool: OpenPool<Source, Outcome>;
  /** Ends the work after the tasks that are begun. */
  readonly signal?: AbortSignal | undefined;
}

interface Failure<Task> {
  readonly task: Task;
  readonly error: unknown;
}

/**
 * Runs tasks in their order, as many at once as there are threads. A task whose thread ended under it is tried once more, when the others
 * are done and it has the machine to itself; a task that fails keeps no other from being run.
 * @param onOutcome told of each as it comes; what it throws ends the work
 * @throws MoeError that names the tasks whose thread ended twice, or the first error that a task threw
 */
export async function runTasks<Task extends Numbered, Source, Outcome>(
  tasks: readonly Task[],
  options: TasksOptions<Task, Source, Outcome>,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  if (tasks.length === 0) return;
  const { signal } = options;
  const pool = await opened(options, tasks.length);
  const queue = [...tasks];
  const again: Task[] = [];
  const failures: Failure<Task>[] = [];
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
  if (failures.length > 0 && !signal?.aborted) throw failed(failures, options);
}

async function opened<Task, Source, Outcome>(
  { who, loads, openPool, source, workers, memory }: TasksOptions<Task, Source, Outcome>,
  count: number,
): Promise<TaskPool<Outcome>> {
  try {
    return await openPool({ source, workers: Math.min(workers, count), memory });
  } catch (error) {
    if (!(error instanceof ThreadDeath)) throw error;
    throw machineError(who, `no thread can load ${loads}: ${error.message}`, error.cause);
  }
}

async function attempt<Task extends Numbered, Outcome>(
  pool: TaskPool<Outcome>,
  task: Task,
  onFailure: (failure: Failure<Task>) => void,
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

function failed<Task extends Numbered>(
  unsorted: readonly Failure<Task>[],
  { who, describe }: Pick<TasksOptions<Task, unknown, unknown>, 'who' | 'describe'>,
): Error {
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
  if (bug === undefined) return machineError(who, `${rule}. ${mend}`, failures[0]?.error);
  return new Error(`${describe(bug.task)} failed; the others are kept`, { cause: bug.error });
}

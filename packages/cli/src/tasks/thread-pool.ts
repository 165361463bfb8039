import { Worker } from 'node:worker_threads';
import type { Reply } from './serve-tasks.ts';
import { type TaskPool, type TaskPoolOptions, ThreadDeath } from './task-pool.ts';

export interface ThreadPoolOptions<Source> extends TaskPoolOptions<Source> {
  /** Module of a thread, which ends with `serveTasks`. */
  readonly worker: URL;
}

interface Thread<Outcome> {
  /** Whether it ended, also between two tasks. */
  readonly hasEnded: boolean;
  run(index: number): Promise<Outcome>;
}

/**
 * Worker threads that run tasks. Each loads what they are of by itself, so that gates and experts need not be copied
 * between threads. A thread that ends is replaced; the task that it had is told of.
 */
export async function openThreadPool<Source, Outcome>(
  options: ThreadPoolOptions<Source>,
): Promise<TaskPool<Outcome>> {
  const { workers } = options;
  const threads = new Set<Worker>();
  const start = () => startThread<Source, Outcome>(options, threads);
  const close = async () => {
    await Promise.all([...threads].map((thread) => thread.terminate()));
  };
  const idle: Thread<Outcome>[] = [];
  const living = () => {
    let thread = idle.pop();
    while (thread?.hasEnded) thread = idle.pop();
    return thread;
  };
  try {
    idle.push(...(await Promise.all(Array.from({ length: workers }, start))));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    lanes: workers,
    async run(index) {
      const thread = living() ?? (await start());
      try {
        const outcome = await thread.run(index);
        idle.push(thread);
        return outcome;
      } catch (error) {
        if (!(error instanceof ThreadDeath)) idle.push(thread);
        throw error;
      }
    },
    close,
  };
}

/** Starts a thread and waits until it has loaded its source. */
async function startThread<Source, Outcome>(
  { source, memory, worker }: ThreadPoolOptions<Source>,
  threads: Set<Worker>,
): Promise<Thread<Outcome>> {
  const thread = new Worker(worker, {
    workerData: source,
    ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
  });
  threads.add(thread);
  let answer: ((reply: Reply<Outcome>) => void) | undefined;
  let die: ((error: Error) => void) | undefined;
  let last: unknown;
  let hasEnded = false;
  thread.on('error', (error) => {
    last = error;
  });
  thread.on('exit', (code) => {
    threads.delete(thread);
    hasEnded = true;
    die?.(new ThreadDeath(reasonOf(last, code), { cause: last }));
  });
  thread.on('message', (reply) => answer?.(reply));
  await new Promise<void>((ready, fail) => {
    answer = () => ready();
    die = fail;
  });
  return {
    get hasEnded() {
      return hasEnded;
    },
    run: (index) =>
      new Promise((done, fail) => {
        answer = (reply) => ('outcome' in reply ? done(reply.outcome) : fail(reply.error));
        die = fail;
        thread.postMessage(index);
      }),
  };
}

function reasonOf(error: unknown, code: number): string {
  if (error === undefined) return `its thread ended with status ${code}`;
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'its thread ran out of memory';
  return `its thread ended: ${(error as Error).message ?? error}`;
}

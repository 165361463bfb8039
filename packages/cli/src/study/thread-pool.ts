import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './results.ts';
import { type TaskPool, type TaskPoolOptions, ThreadDeath } from './task-pool.ts';
import type { Reply } from './worker.ts';

/** `worker.js` beside what is compiled, `worker.ts` beside the sources. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export interface ThreadPoolOptions extends TaskPoolOptions {
  /** Module of a thread. */
  readonly worker?: URL;
}

interface Thread {
  /** Whether it ended, also between two tasks. */
  readonly hasEnded: boolean;
  run(index: number): Promise<Outcome>;
}

/**
 * Worker threads that run the tasks of one study. Each loads the study by itself, so that gates and experts of a study's
 * own need not be copied between threads. A thread that ends is replaced; the task that it had is told of.
 */
export async function openThreadPool(options: ThreadPoolOptions): Promise<TaskPool> {
  const { workers } = options;
  const threads = new Set<Worker>();
  const start = () => startThread(options, threads);
  const close = async () => {
    await Promise.all([...threads].map((thread) => thread.terminate()));
  };
  const idle: Thread[] = [];
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

/** Starts a thread and waits until it has loaded the study. */
async function startThread(
  { source, memory, worker = WORKER }: ThreadPoolOptions,
  threads: Set<Worker>,
): Promise<Thread> {
  const thread = new Worker(worker, {
    workerData: source,
    ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
  });
  threads.add(thread);
  let answer: ((reply: Reply) => void) | undefined;
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

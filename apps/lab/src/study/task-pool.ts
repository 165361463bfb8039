/**
 * Worker threads that run tasks of one study; with one thread, the present one.
 *
 * A worker loads the study by itself, so that gates and experts of a study's own need not be copied between threads.
 */
import Tinypool from 'tinypool';
import type { Outcome } from './results-file.ts';
import { taskRunner } from './run-task.ts';
import type { StudySource } from './study-file.ts';

export interface TaskPool {
  /** How many tasks run at once. */
  readonly lanes: number;
  run(index: number): Promise<Outcome>;
  close(): Promise<void>;
}

export interface TaskPoolOptions {
  readonly source: StudySource;
  readonly workers: number;
  readonly worker?: URL;
}

export async function openPool({ source, workers, worker }: TaskPoolOptions): Promise<TaskPool> {
  if (workers === 1) {
    const run = await taskRunner(source);
    // A breath between tasks, for progress and Ctrl-C.
    const breath = () => new Promise((resolve) => setImmediate(resolve));
    return { lanes: 1, run: (index) => breath().then(() => run(index)), close: async () => {} };
  }
  const pool = new Tinypool({
    filename: (worker ?? new URL('./worker.js', import.meta.url)).href,
    minThreads: workers,
    maxThreads: workers,
    workerData: source,
  });
  return {
    lanes: workers,
    run: (index) => pool.run(index, { name: 'runTask' }) as Promise<Outcome>,
    close: () => pool.destroy(),
  };
}

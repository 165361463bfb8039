import type { Outcome } from './results.ts';
import type { StudySource } from './study-file.ts';

/** Who runs the tasks of one study. */
export interface TaskPool {
  /** How many tasks run at once. */
  readonly lanes: number;
  /**
   * The outcome of a task.
   * @throws ThreadDeath where its thread ended under it, and whatever the task throws
   */
  run(index: number): Promise<Outcome>;
  close(): Promise<void>;
}

export interface TaskPoolOptions {
  readonly source: StudySource;
  /** How many tasks run at once. */
  readonly workers: number;
  /** Megabytes that the objects of one thread may take; as many as Node allows if absent. */
  readonly memory?: number | undefined;
}

export type OpenPool = (options: TaskPoolOptions) => Promise<TaskPool>;

/** A thread ended while it was at work: no memory, `process.exit`, a fault of the engine. */
export class ThreadDeath extends Error {
  override readonly name = 'ThreadDeath';
}

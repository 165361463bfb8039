/** Who runs tasks by their number. */
export interface TaskPool<Outcome> {
  /** How many tasks run at once. */
  readonly lanes: number;
  /**
   * The outcome of a task.
   * @throws ThreadDeath where its thread ended under it, and whatever the task throws
   */
  run(index: number): Promise<Outcome>;
  close(): Promise<void>;
}

export interface TaskPoolOptions<Source> {
  /** What a thread needs to know which tasks there are. It is copied to each. */
  readonly source: Source;
  /** How many tasks run at once. */
  readonly workers: number;
  /** Megabytes that the objects of one thread may take; as many as Node allows if absent. */
  readonly memory?: number | undefined;
}

export type OpenPool<Source, Outcome> = (options: TaskPoolOptions<Source>) => Promise<TaskPool<Outcome>>;

/** A thread ended while it was at work: no memory, `process.exit`, a fault of the engine. */
export class ThreadDeath extends Error {
  override readonly name = 'ThreadDeath';
}

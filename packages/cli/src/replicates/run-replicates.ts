import type { FileSystem } from '@tfjs-moe/command-line';
import { type RunWatch, runKept } from '../tasks/run-kept.ts';
import type { Numbered, TaskFile } from '../tasks/task-file.ts';
import type { OpenPool } from '../tasks/task-pool.ts';
import { openThreadPool } from '../tasks/thread-pool.ts';

/** What a thread is given: the words behind the command, since gates and experts cannot be copied. */
export interface ReplicatesSource {
  readonly words: readonly string[];
}

/** How many replicates are wanted, and who computes them. */
export interface ReplicatesOptions {
  readonly replicates: number;
  readonly workers: number;
  readonly memory?: number | undefined;
  /** File of the replicates. */
  readonly out?: string | undefined;
}

/** What was found of the sample itself, before replicates are drawn. */
export interface Observed<Header> {
  readonly options: ReplicatesOptions;
  readonly header: Header;
  /** Absolute. */
  readonly out: string;
}

/** A run of replicates, watched. */
export interface ReplicatesRun<Found, Outcome> extends RunWatch<Outcome> {
  readonly observed: Found;
  /** What the options were read from: threads read them again. */
  readonly source: ReplicatesSource;
  /** Threads, if not those of the command. */
  readonly openPool?: OpenPool<ReplicatesSource, Outcome>;
  readonly files?: FileSystem;
}

/**
 * The replicates that are wanted, on all cores; a killed run goes on where it stopped.
 * @param worker module of a thread
 * @param loads what a thread loads, in words
 * @returns their outcomes in order; nothing if the signal ended the run before it was complete
 * @throws MoeError where another run is at work, or a file cannot be written
 */
export async function runReplicates<Header, Outcome extends Numbered>(
  run: ReplicatesRun<Observed<Header>, Outcome>,
  file: TaskFile<Header, Outcome>,
  worker: URL,
  loads: string,
): Promise<readonly Outcome[] | undefined> {
  const { header, out, options } = run.observed;
  const { replicates, workers, memory } = options;
  const found = await runKept({
    openPool: (pool) => openThreadPool({ ...pool, worker }),
    ...run,
    ...{ workers, memory, file, header, out },
    tasks: Array.from({ length: replicates }, (_, index) => ({ index })),
    loads,
    describe: ({ index }) => `replicate ${index}`,
  });
  // Those of an earlier run with more of them do not count, so that the same words give the same result.
  return found?.outcomes.filter(({ index }) => index < replicates);
}

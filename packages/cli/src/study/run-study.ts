/**
 * Runs a study, or one shard of it, on all cores, and goes on where a killed run stopped.
 */
import { extname } from 'node:path';
import type { FileSystem } from '@tfjs-moe/command-line';
import { type RunWatch, runKept } from '../tasks/run-kept.ts';
import type { OpenPool } from '../tasks/task-pool.ts';
import { openThreadPool } from '../tasks/thread-pool.ts';
import type { Header, Outcome, Results } from './results.ts';
import { studyFile } from './results-file.ts';
import { fingerprintOf, loadStudy, type StudySource } from './study-file.ts';
import { type Shard, tasksOf, tasksOfShard } from './task.ts';

/** `worker.js` beside what is compiled, `worker.ts` beside the sources. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export interface RunOptions extends RunWatch<Outcome> {
  readonly source: StudySource;
  /** File of the results. */
  readonly out: string;
  readonly shard: Shard | undefined;
  /** Tasks that run at once, each in a thread of its own. */
  readonly workers: number;
  /** Megabytes that the objects of one thread may take. */
  readonly memory?: number | undefined;
  /** Threads, if not those of this module. */
  readonly openPool?: OpenPool<StudySource, Outcome>;
  readonly files?: FileSystem;
}

/**
 * @returns the results, or undefined if the signal ended the run before they were complete
 * @throws MoeError where another run of the same results is at work, a file cannot be read or written, or tasks failed
 */
export async function runStudy(options: RunOptions): Promise<Results | undefined> {
  const { source, shard } = options;
  const { study, config } = await loadStudy(source);
  const tasks = tasksOf(study);
  const header: Header = {
    study: study.name,
    fingerprint: fingerprintOf(config),
    tasks: tasks.length,
    ...(shard && { shard }),
    config,
  };
  return runKept({
    openPool: (pool) => openThreadPool({ ...pool, worker: WORKER }),
    ...options,
    file: studyFile,
    header,
    // The largest samples first: the last ones would keep one core busy while the others are done.
    tasks: tasksOfShard(tasks, shard).sort((a, b) => b.n - a.n || a.index - b.index),
    loads: 'the study',
    describe: ({ index, arm, n, replicate }) => `task ${index} (${arm}, n = ${n}, replicate ${replicate})`,
  });
}

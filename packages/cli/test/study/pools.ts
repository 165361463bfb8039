/** Pools of tasks without threads. */

import type { Outcome } from '../../src/study/results.ts';
import { taskRunner } from '../../src/study/run-task.ts';
import type { StudySource } from '../../src/study/study-file.ts';
import { loadStudy } from '../../src/study/study-file.ts';
import { taskAt } from '../../src/study/task.ts';
import type { OpenPool } from '../../src/tasks/task-pool.ts';
import { openThreadPool } from '../../src/tasks/thread-pool.ts';

/** Runs tasks in this thread, one after the other. */
export const inThisThread: OpenPool<StudySource, Outcome> = async ({ source }) => {
  const run = await taskRunner(source);
  return { lanes: 1, run: async (index) => run(index), close: async () => {} };
};

/** Threads that read sources. */
export const inThreads: OpenPool<StudySource, Outcome> = (options) =>
  openThreadPool({ ...options, worker: new URL('./worker-from-source.mjs', import.meta.url) });

/** Makes up outcomes that depend on nothing but the task; every seventh fit fails. */
export const madeUp: OpenPool<StudySource, Outcome> = async ({ source, workers }) => {
  const { study } = await loadStudy(source);
  return {
    lanes: workers,
    run: async (index) => {
      const task = taskAt(study, index)!;
      const { losses } = study.arms.find(({ name }) => name === task.arm)!;
      const hasFailed = index % 7 === 6;
      return {
        ...task,
        losses: Object.fromEntries(losses.map((name, i) => [name, hasFailed ? null : (i + 1) / (index + 1)])),
        converged: !hasFailed,
        iterations: hasFailed ? 0 : index,
        ...(hasFailed && { error: 'the sample cannot be fitted: «ü»' }),
      };
    },
    close: async () => {},
  };
};

import type { Numbered } from '../src/tasks/task-file.ts';
import type { OpenPool } from '../src/tasks/task-pool.ts';

/** A pool that runs tasks in this thread, and says which. */
export function inThisThread<Source, Outcome extends Numbered>(
  runnerOf: (source: Source) => (index: number) => Outcome,
): (ran?: number[], lanes?: number) => OpenPool<Source, Outcome> {
  return (ran = [], lanes = 1) =>
    async ({ source }) => {
      const run = runnerOf(source);
      return {
        lanes,
        run: async (index) => {
          ran.push(index);
          return run(index);
        },
        close: async () => {},
      };
    };
}

/** A worker thread of a study: gets the number of a task, answers with its outcome. */
import { workerData } from 'node:worker_threads';
import type { Outcome } from './results-file.ts';
import { taskRunner } from './run-task.ts';
import type { StudySource } from './study-file.ts';

// tinypool puts its own data first.
const run = taskRunner((workerData as [unknown, StudySource])[1]);

export async function runTask(index: number): Promise<Outcome> {
  return (await run)(index);
}

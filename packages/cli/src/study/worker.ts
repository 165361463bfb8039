/** A worker thread of a study: gets the number of a task, answers with its outcome. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome } from './results.ts';
import { taskRunner } from './run-task.ts';
import type { StudySource } from './study-file.ts';

/** What a thread answers. */
export type Reply = { readonly outcome: Outcome } | { readonly error: unknown };

const run = await taskRunner(workerData as StudySource);

function reply(index: number): Reply {
  try {
    return { outcome: run(index) };
  } catch (error) {
    return { error };
  }
}

parentPort?.on('message', (index: number) => parentPort?.postMessage(reply(index)));
parentPort?.postMessage('ready');

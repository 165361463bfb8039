/** A worker thread of a study. */
import { workerData } from 'node:worker_threads';
import { serveTasks } from '../tasks/serve-tasks.ts';
import { taskRunner } from './run-task.ts';
import type { StudySource } from './study-file.ts';

serveTasks(await taskRunner(workerData as StudySource));

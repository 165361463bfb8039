/** A worker thread of `moe test`. */
import { workerData } from 'node:worker_threads';
import { serveTasks } from '../tasks/serve-tasks.ts';
import { replicateRunner, type TestSource } from './replicates.ts';

serveTasks(replicateRunner(workerData as TestSource));

/** A worker thread of `moe test`. */
import { workerData } from 'node:worker_threads';
import type { ReplicatesSource } from '../replicates/run-replicates.ts';
import { serveTasks } from '../tasks/serve-tasks.ts';
import { replicateRunner } from './replicates.ts';

serveTasks(replicateRunner(workerData as ReplicatesSource));

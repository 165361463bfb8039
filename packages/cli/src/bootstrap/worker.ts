/** A worker thread of `moe bootstrap`. */
import { workerData } from 'node:worker_threads';
import type { ReplicatesSource } from '../replicates/run-replicates.ts';
import { serveTasks } from '../tasks/serve-tasks.ts';
import { bootstrapRunner } from './run-bootstrap.ts';

serveTasks(bootstrapRunner(workerData as ReplicatesSource));

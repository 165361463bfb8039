/** A thread of `check-studies.mjs`, which serves the tasks of all studies: it loads the packages once, and not once a study. */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';

const { dist, sources, most } = workerData;
const { taskRunner } = await import(join(dist, 'study/run-task.js'));
const { serveTasks } = await import(join(dist, 'tasks/serve-tasks.js'));

const runners = await Promise.all(sources.map((source) => taskRunner(source)));
serveTasks((index) => runners[Math.floor(index / most)](index % most));

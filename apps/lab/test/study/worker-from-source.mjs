/** The worker of a study, straight from the TypeScript sources. */
import { resolve } from 'node:path';
import { sourceServer } from '../../../../scripts/source-server.mjs';

const server = await sourceServer();
const worker = await server.ssrLoadModule(resolve(import.meta.dirname, '../../src/study/worker.ts'));

export const runTask = (index) => worker.runTask(index);

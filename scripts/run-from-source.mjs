/**
 * Runs a program in a process of its own straight from its TypeScript sources:
 * `node run-from-source.mjs <module> ...arguments`.
 */
import { resolve } from 'node:path';
import { sourceServer } from './source-server.mjs';

const [module, ...words] = process.argv.slice(2);
process.argv = [process.argv[0], module, ...words];

const server = await sourceServer();
try {
  await server.ssrLoadModule(resolve(module));
} finally {
  await server.close();
}

/** The worker of a study, straight from the TypeScript sources. Node 20 cannot read TypeScript. */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

const conditions = ['tfjs-moe-source', ...defaultServerConditions];
const root = resolve(import.meta.dirname, '../..');
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions },
  ssr: { resolve: { conditions } },
});
const worker = await server.ssrLoadModule(resolve(root, 'src/study/worker.ts'));

export const runTask = (index) => worker.runTask(index);

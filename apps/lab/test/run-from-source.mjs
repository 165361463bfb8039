/**
 * Runs a module of the app in a process of its own, straight from the TypeScript sources, as vitest does within its own:
 * `node run-from-source.mjs <module> ...arguments`. Node 20 cannot read TypeScript.
 */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

const [module, ...words] = process.argv.slice(2);
process.argv = [process.argv[0], module, ...words];

const conditions = ['tfjs-moe-source', ...defaultServerConditions];
const root = resolve(import.meta.dirname, '..');
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
try {
  await server.ssrLoadModule(resolve(root, module));
} finally {
  await server.close();
}

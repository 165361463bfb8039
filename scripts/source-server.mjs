/**
 * Loads TypeScript sources into Node, as vitest does within its own process: no package has to be compiled first, and
 * Node 20 cannot read TypeScript.
 */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

/** A server that serves nobody; close it when its modules are done with. */
export function sourceServer() {
  const conditions = ['tfjs-moe-source', ...defaultServerConditions];
  return createServer({
    root: resolve(import.meta.dirname, '..'),
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    resolve: { conditions },
    ssr: { resolve: { conditions } },
  });
}

/** Loads TypeScript modules of the docs with the sources of the packages, for the programs beside it. */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

/** Calls `use` with a function that loads a module by its path. */
export async function definitions(use) {
  const conditions = ['tfjs-moe-source', ...defaultServerConditions];
  const server = await createServer({
    root: resolve(import.meta.dirname, '..'),
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    resolve: { conditions },
    ssr: { resolve: { conditions } },
  });
  try {
    await use((path) => server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}

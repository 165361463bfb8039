/**
 * Loads a module of this site, and through it the packages' TypeScript sources, into Node while the site is built: no
 * package has to be compiled first.
 */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

export const SOURCE = 'tfjs-moe-source';

/**
 * Runs a function on a module.
 * @param path below `docs`
 */
export async function withModule<M, T>(path: string, use: (module: M) => Promise<T>): Promise<T> {
  const root = resolve(import.meta.dirname, '..');
  const conditions = [SOURCE, ...defaultServerConditions];
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
    return await use((await server.ssrLoadModule(resolve(root, path))) as M);
  } finally {
    await server.close();
  }
}

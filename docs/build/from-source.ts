/**
 * Loads a module of this site, and through it the packages' TypeScript sources, into Node while the site is built: no
 * package has to be compiled first.
 */
import { resolve } from 'node:path';
import { createServer, defaultServerConditions } from 'vite';

export const SOURCE = 'tfjs-moe-source';

/** One at a time: they share two cores with the bundler, which may keep Vite's own messages waiting for a minute. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a function on a module.
 * @param path below `docs`
 */
export function withModule<M, T>(path: string, use: (module: M) => Promise<T>): Promise<T> {
  const mine = turn.then(() => patiently(path, use));
  turn = mine.catch(() => {});
  return mine;
}

/** Vite gives up on a message that waits for 60 s; on a busy machine that says nothing about the module. */
async function patiently<M, T>(path: string, use: (module: M) => Promise<T>, tries = 4): Promise<T> {
  try {
    return await loaded(path, use);
  } catch (error) {
    if (tries === 1 || !String(error).includes('transport invoke timed out')) throw error;
    return patiently(path, use, tries - 1);
  }
}

async function loaded<M, T>(path: string, use: (module: M) => Promise<T>): Promise<T> {
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

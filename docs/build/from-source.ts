/**
 * Loads a module of this site, and through it the packages' TypeScript sources, into Node while the site is built: no
 * package has to be compiled first.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
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

/**
 * What a function without arguments returns, as plain data. It runs in a process of its own: the bundler keeps this one busy
 * for so long on a slow machine that Vite would give up loading the module in it.
 * @param path of the module below `docs`
 * @param name of the exported function
 */
export async function resultOf<T>(path: string, name: string): Promise<T> {
  const root = resolve(import.meta.dirname, '..');
  const hooks = pathToFileURL(resolve(root, '../scripts/from-source.mjs')).href;
  const program = ['--import', hooks, resolve(root, 'build/print-result.mjs'), resolve(root, path), name];
  const { stdout } = await promisify(execFile)(process.execPath, program, { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as T;
}

import { engine, env } from '@tensorflow/tfjs-core';
import { warnOnce } from './warn.ts';

const WASM = 'wasm';
const THREADED_BUILD = 'WASM_HAS_MULTITHREAD_SUPPORT';

/** After this long, a backend that has not come up is said not to have. */
const PATIENCE_MS = 10_000;

/** The smallest module there is: its magic word and a version. */
const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

type Factory = () => unknown;

const watched = new WeakSet<Factory>();
let watching = false;

/**
 * Watches how tfjs starts its wasm backend, in whose failures it says little or nothing.
 *
 * - On a page that may share memory tfjs takes its threaded build, which makes its worker from the text of a function. A
 *   bundler that minifies breaks that text: the workers die, and `setBackend('wasm')` never ends. The plain SIMD build
 *   is taken instead, with threads of this package where they are asked for. Whoever wants the threaded build sets
 *   tfjs's flag before the backend starts: `tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)`.
 * - Where its .wasm files cannot be loaded, or the page forbids WebAssembly, `setBackend('wasm')` answers false and
 *   training goes on with another backend, perhaps without a word. One warning says why, and what to do.
 */
export function watchStart(): void {
  watching = true;
  const entry = engine().registryFactory[WASM] as { factory: Factory } | undefined;
  if (entry === undefined || watched.has(entry.factory)) return;
  const { factory } = entry;
  entry.factory = () => {
    if (!watching) return factory();
    avoidThreadedBuild();
    return explained(factory());
  };
  watched.add(entry.factory);
}

/** From now on the backend starts as if this package were not there. */
export function stopWatching(): void {
  watching = false;
}

function avoidThreadedBuild(): void {
  if (globalThis.crossOriginIsolated !== true) return;
  // A flag that is already there was set by the program.
  if (THREADED_BUILD in env().getFlags()) return;
  env().set(THREADED_BUILD, false);
}

async function explained(backend: unknown): Promise<unknown> {
  const timer = setTimeout(() => {
    warnOnce(
      `the wasm backend has not come up in ${PATIENCE_MS / 1000} s: are its .wasm files served (setWasmPaths), and may ` +
        'this page run WebAssembly and workers',
      '?',
    );
  }, PATIENCE_MS);
  (timer as { unref?(): void }).unref?.();
  try {
    return await backend;
  } catch (error) {
    warnOnce(`the wasm backend cannot start, and tfjs goes on with another: ${reasonOf(error)}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** tfjs gives one message for every failure, so the page is asked. */
function reasonOf(error: unknown): string {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return "this page does not allow WebAssembly: a Content-Security-Policy needs script-src 'wasm-unsafe-eval'";
  }
  const said = String((error as Error | undefined)?.message ?? error).split('\n')[0];
  return (
    'its .wasm files were not found. Copy them from @tensorflow/tfjs-backend-wasm/dist into a folder that the page serves, ' +
    `and call setWasmPaths('/folder/') of @tensorflow/tfjs-backend-wasm before tf.setBackend('wasm') (${said})`
  );
}

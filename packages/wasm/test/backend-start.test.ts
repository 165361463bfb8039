import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stopWatching, watchStart } from '../src/backend-start.ts';
import { warnOnce } from '../src/warn.ts';

const FLAG = 'WASM_HAS_MULTITHREAD_SUPPORT';
const entry = tf.engine().registryFactory.wasm!;
const { factory } = entry;
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

/** tfjs with another way to start its wasm backend. */
function startBy(start: () => unknown): () => unknown {
  entry.factory = start as typeof factory;
  watchStart();
  return entry.factory as () => unknown;
}

const said = () => warn.mock.calls.map(([text]) => String(text));

beforeEach(() => {
  warn.mockClear();
  delete tf.env().getFlags()[FLAG];
});
afterEach(() => {
  entry.factory = factory;
  delete tf.env().getFlags()[FLAG];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a backend that does not start', () => {
  test('for want of its files is explained once, and fails as before', async () => {
    const reason = { message: 'Make sure the server can serve the `.wasm` file' };
    const start = startBy(() => Promise.reject(reason));
    await expect(start()).rejects.toBe(reason);
    await expect(start()).rejects.toBe(reason);
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatch(
      /^\[tfjs-moe\] wasm: the wasm backend cannot start.*setWasmPaths\('\/folder\/'\)/,
    );
  });

  test('for a policy against WebAssembly names the policy', async () => {
    vi.stubGlobal('WebAssembly', {
      ...WebAssembly,
      Module: () => {
        throw new Error('refused');
      },
    });
    await expect(startBy(() => Promise.reject(new Error('no')))()).rejects.toThrow('no');
    expect(said()[0]).toContain("'wasm-unsafe-eval'");
  });

  test('and does not fail either is said not to have come up', async () => {
    vi.useFakeTimers();
    void startBy(() => new Promise(() => {}))();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(said()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(said()[0]).toMatch(/has not come up in 10 s.*\?$/);
  });
});

describe('on a page that may share memory', () => {
  const flagWhileStarting = async (isolated: boolean, own?: boolean) => {
    vi.stubGlobal('crossOriginIsolated', isolated);
    if (own !== undefined) tf.env().set(FLAG, own);
    let flag: unknown;
    await startBy(async () => {
      flag = tf.env().getFlags()[FLAG];
    })();
    return flag;
  };

  test("tfjs's threaded build is not started, whose workers a minified bundle breaks", async () => {
    expect(await flagWhileStarting(true)).toBe(false);
  });

  test('it is started where the program asks for it', async () => {
    expect(await flagWhileStarting(true, true)).toBe(true);
  });

  test('elsewhere nothing is decided', async () => {
    expect(await flagWhileStarting(false)).toBe(undefined);
  });

  test('nor after unregister', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    let flag: unknown = 'not started';
    const start = startBy(async () => {
      flag = tf.env().getFlags()[FLAG];
    });
    unregister();
    await start();
    expect(flag).toBe(undefined);
    register();
  });
});

test('a backend is watched once, however often the package is registered', () => {
  watchStart();
  const once = entry.factory;
  watchStart();
  expect(entry.factory).toBe(once);
  stopWatching();
  register();
});

test('a warning ends in one stop, also where its reason has one', () => {
  warnOnce('a reason that ends with a stop.');
  expect(said().at(-1)).toBe('[tfjs-moe] wasm: a reason that ends with a stop.');
});

/**
 * What computes: libtensorflow where the optional package `@tensorflow/tfjs-node` is installed, else WebAssembly, which
 * comes with the app and is fast with the kernels of `@tfjs-moe/wasm`, else plain JavaScript.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@tfjs-moe/wasm';
import { MoeError } from '@tfjs-moe/core';

/** Backends, the fastest first. */
export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;
/** One of them. */
export type BackendName = (typeof backendNames)[number];

// Not a literal where it is imported: the package is optional, so the compiler must not look for its types.
const NATIVE_PACKAGE: string = '@tensorflow/tfjs-node';

/** Makes a backend the current one: the given one, or the first that works; `who` is named in errors. */
export async function useBackend(who: string, wanted: BackendName | undefined): Promise<BackendName> {
  for (const name of wanted === undefined ? backendNames : [wanted]) {
    if (await starts(name)) return name;
  }
  const hint = wanted === 'tensorflow' ? `; it needs the package ${NATIVE_PACKAGE}` : '';
  throw new MoeError(who, `the backend cannot be used on this machine${hint}`, wanted);
}

async function starts(name: BackendName): Promise<boolean> {
  if (name === 'tensorflow' && !(await nativePackageLoads())) return false;
  try {
    return await tf.setBackend(name);
  } catch {
    return false;
  }
}

/** The package registers its backend when it is imported. */
async function nativePackageLoads(): Promise<boolean> {
  try {
    await import(NATIVE_PACKAGE);
    return true;
  } catch {
    return false;
  }
}

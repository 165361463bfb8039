/**
 * The module, compiled once for each kind of memory. It travels inside the package as text: nothing is fetched.
 *
 * Synchronous compilation is what lets an import be enough. Main threads of Chrome before 114 refuse it above 4 KB; there
 * `attachAsync` compiles ahead.
 */
import type { Kernels } from './kernel-signatures.generated.ts';
import { KERNELS, MEMORY_FLAG } from './module.ts';

export type { Kernels };

const SHARED = 3;

/** The module's bytes. The modules for plain and for shared memory differ in one of them. */
export function moduleBytes(shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0));
  if (shared) bytes[MEMORY_FLAG] = SHARED;
  return bytes;
}

let simd: boolean | undefined;

/** Whether this JavaScript engine knows the SIMD instructions of WebAssembly. */
export function engineHasSimd(): boolean {
  simd ??= typeof WebAssembly === 'object' && WebAssembly.validate(moduleBytes(false));
  return simd;
}

const compiled = new Map<boolean, WebAssembly.Module>();

/** The kernels on a memory. Throws what the engine throws where it refuses to compile at once. */
export function instantiate(memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(compiledFor(memory), { env: { memory } }).exports as unknown as Kernels;
}

/** The module for a memory, compiled at once unless it is there. */
export function compiledFor(memory: WebAssembly.Memory): WebAssembly.Module {
  const shared = isShared(memory);
  const module = compiled.get(shared) ?? new WebAssembly.Module(moduleBytes(shared));
  compiled.set(shared, module);
  return module;
}

/** Compiles for later calls of `instantiate`. */
export async function compileAhead(memory: WebAssembly.Memory): Promise<void> {
  const shared = isShared(memory);
  if (!compiled.has(shared)) compiled.set(shared, await WebAssembly.compile(moduleBytes(shared)));
}

function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
}

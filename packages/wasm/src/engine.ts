/**
 * The module, compiled once for each kind of memory. It travels inside the package as text: nothing is fetched.
 *
 * Synchronous compilation is what lets an import be enough. Main threads of Chrome before 114 refuse it above 4 KB; there
 * `attachAsync` compiles ahead.
 */
import { KERNELS, MEMORY_FLAG } from './module.ts';

/** What the module exports; every number is a byte address, a size or a flag. */
export interface Kernels {
  workspaceBytes(): number;
  groupedProduct(
    x: number,
    offsets: number,
    experts: number,
    kernels: number,
    bias: number,
    y: number,
    depth: number,
    units: number,
    transposed: number,
    relu: number,
    from: number,
    to: number,
    workspace: number,
  ): void;
  groupedKernelGradient(
    x: number,
    offsets: number,
    experts: number,
    dy: number,
    gradient: number,
    depth: number,
    units: number,
    from: number,
    to: number,
    workspace: number,
  ): void;
  countSelected(selected: number, tokens: number, experts: number, offsets: number): number;
  sortSelected(
    selected: number,
    tokens: number,
    experts: number,
    perToken: number,
    offsets: number,
    token: number,
    cell: number,
    row: number,
  ): void;
  gatherRows(x: number, index: number, out: number, rows: number, bytes: number): void;
  sumRows(x: number, index: number, out: number, tokens: number, perToken: number, features: number): void;
  combineRows(
    x: number,
    weights: number,
    row: number,
    cell: number,
    out: number,
    tokens: number,
    experts: number,
    perToken: number,
    features: number,
  ): void;
  combineRowsGradient(
    x: number,
    weights: number,
    cell: number,
    dy: number,
    toRows: number,
    toWeights: number,
    rows: number,
    experts: number,
    features: number,
  ): void;
  sumGroups(x: number, offsets: number, experts: number, out: number, features: number): void;
  binary(
    operation: number,
    a: number,
    aOuter: number,
    aInner: number,
    b: number,
    bOuter: number,
    bInner: number,
    out: number,
    outer: number,
    inner: number,
  ): void;
  patchBytes(geometry: number): number;
  filterGradient(
    x: number,
    dy: number,
    gradient: number,
    geometry: number,
    patches: number,
    workspace: number,
  ): void;
  inputGradient(
    dy: number,
    filter: number,
    gradient: number,
    geometry: number,
    patches: number,
    workspace: number,
  ): void;
  depthwiseFilterGradient(x: number, dy: number, gradient: number, geometry: number): void;
  depthwiseInputGradient(dy: number, filter: number, gradient: number, geometry: number): void;
  maxPoolGradient(x: number, dy: number, gradient: number, geometry: number): void;
  copyRuns(from: number, fromStride: number, to: number, toStride: number, rows: number, bytes: number): void;
  transposeMatrices(from: number, to: number, count: number, rows: number, columns: number): void;
  exp(x: number, y: number, size: number): void;
  tanh(x: number, y: number, size: number): void;
  erf(x: number, y: number, size: number): void;
  topKMasks(scores: number, rows: number, size: number, choices: number, masks: number, open: number): void;
  sumByIndex(x: number, index: number, out: number, rows: number, groups: number, features: number): void;
}

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

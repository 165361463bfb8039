/**
 * Registration: tells tfjs of the kernels, and takes them back. What is registered holds for every wasm backend there
 * is or will be; a backend that cannot be served ends the registration with one warning.
 */
import '@tensorflow/tfjs-backend-wasm';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  engine,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { attach } from './attach.ts';
import { stopWatching, watchStart } from './backend-start.ts';
import { engineHasSimd } from './engine.ts';
import { moeKernels } from './kernels/index.ts';
import type { Call, Kernel } from './kernels/kernel.ts';
import { foreign, runConverted } from './operands.ts';
import { closeShortWay, openShortWay } from './short/short-way.ts';
import { adam } from './stock/adam.ts';
import { stockKernels } from './stock/index.ts';
import { placeLayerNormalization, returnLayerNormalization } from './stock/layer-normalization.ts';
import type { StockKernel } from './stock/stock-kernel.ts';
import { returnTileGradient } from './stock/tile.ts';
import { stopThreads, type Threads, teamFor, threadsOf, useThreads } from './threads/threads.ts';
import { warnOfStock } from './warn.ts';

/** Options of `register`: how many threads, and what else to replace. */
export interface RegisterOptions {
  /** Whether slow or missing kernels of tfjs are replaced too, and steps of Adam, so that ordinary layers train fast. Default true. */
  readonly patchStock?: boolean;
  /**
   * Threads of the matrix products, the main thread included: up to 16, or `'auto'` for what the machine has cores for, 8
   * at most. Default 1. Results do not depend on it, bit by bit. Workers take a moment to come up: `threadsReady()`.
   */
  readonly threads?: Threads;
}

const WASM = 'wasm';

type KernelParams = Parameters<KernelFunc>[0];

interface Registered {
  readonly config: KernelConfig;
  /** What was there before, if anything. */
  readonly stock: KernelConfig | undefined;
}

let registered: Registered[] = [];

/**
 * Registers the kernels for the wasm backend; importing the package does it once. Calling it again changes the options.
 * @returns whether they are registered: not where a JavaScript engine or a build of tfjs cannot serve them
 */
export function register({ patchStock = true, threads = 1 }: RegisterOptions = {}): boolean {
  const count = threadsOf(threads);
  takeBack();
  watchStart();
  if (!engineHasSimd()) {
    warnOfStock('this JavaScript engine has no WebAssembly SIMD');
    return false;
  }
  const running = engine().registry[WASM];
  const attachment = running && attach(running);
  if (running !== undefined && attachment === undefined) return false;
  useThreads(count);
  if (attachment !== undefined) teamFor(attachment);
  for (const kernel of moeKernels) place(kernel);
  openShortWay();
  if (patchStock) {
    for (const kernel of stockKernels) place(kernel);
    adam.place();
    placeLayerNormalization();
  }
  return true;
}

/** Takes all kernels back and ends the workers: tfjs computes as if this package had never been imported. */
export function unregister(): void {
  takeBack();
  stopWatching();
  useThreads(1);
  stopThreads();
}

function takeBack(): void {
  for (const { config, stock } of registered) {
    // Somebody else's kernel, registered later, stays.
    if (getKernel(config.kernelName, WASM) !== config) continue;
    unregisterKernel(config.kernelName, WASM);
    if (stock !== undefined) registerKernel(stock);
  }
  registered = [];
  closeShortWay();
  returnTileGradient();
  adam.takeBack();
  returnLayerNormalization();
}

/** Puts a kernel in the place of the stock one, which goes on doing what the new one leaves to it. */
function place({ name: kernelName, operands, run }: Kernel | StockKernel): void {
  const stock = getKernel(kernelName, WASM) as KernelConfig | undefined;
  const kernelFunc: KernelFunc = (params) => {
    const attachment = attach(params.backend);
    const strangers = foreign(operands, params.inputs);
    if (attachment !== undefined && (strangers.length === 0 || stock === undefined)) {
      const runOn = (inputs: KernelParams['inputs']) =>
        run({ inputs, attrs: params.attrs, backend: params.backend, attachment } as Call);
      const result =
        strangers.length === 0
          ? runOn(params.inputs)
          : runConverted(kernelName, operands, strangers, params, runOn);
      if (result !== undefined) return result;
    }
    if (stock === undefined) throw new MoeError(kernelName, 'cannot run on this wasm backend');
    return stock.kernelFunc(params);
  };
  const config: KernelConfig = {
    kernelName,
    backendName: WASM,
    kernelFunc,
    setupFunc(backend) {
      stock?.setupFunc?.(backend);
      // tfjs calls this when a wasm backend comes up: the first moment to see that it cannot be served.
      const attachment = attach(backend as BackendWasm);
      if (attachment === undefined) unregister();
      else teamFor(attachment);
    },
  };
  if (stock !== undefined) unregisterKernel(kernelName, WASM);
  registerKernel(config);
  registered.push({ config, stock });
}

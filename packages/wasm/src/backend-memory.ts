/**
 * The linear memory of a tfjs-backend-wasm backend, and tensors in it.
 *
 * tfjs has no supported way to the memory. The plain and the SIMD build keep it in `wasm.asm.memory`, the threaded build
 * in `wasm.wasmMemory`, builds by newer versions of Emscripten in `wasm.wasmExports.memory`: whichever is there is used,
 * and a backend that shows none keeps its own kernels.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';

/** The parts of Emscripten's module that are used here. */
interface EmscriptenModule {
  readonly wasmMemory?: unknown;
  readonly asm?: { readonly memory?: unknown };
  readonly wasmExports?: { readonly memory?: unknown };
  readonly _malloc?: (bytes: number) => number;
}

/** A memory and the way to take some of it. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Address of a new block, aligned to 16 bytes. */
  allocate(bytes: number): number;
  free(address: number): void;
}

/** The heap of a backend, if the backend is one of tfjs-backend-wasm and shows its memory. */
export function heapOf(backend: unknown): Heap | undefined {
  const module = (backend as { wasm?: EmscriptenModule | null } | null)?.wasm;
  const memory = module?.wasmMemory ?? module?.asm?.memory ?? module?.wasmExports?.memory;
  if (!module || !(memory instanceof WebAssembly.Memory)) return undefined;
  const { _malloc, _free } = module as EmscriptenModule & { _free?: (address: number) => void };
  if (typeof _malloc !== 'function' || typeof _free !== 'function') return undefined;
  return {
    memory,
    allocate(bytes) {
      // Addresses above 2 GB come back as negative numbers.
      const address = _malloc(bytes) >>> 0;
      if (address === 0) throw new MoeError('wasm', `the backend has no ${bytes} bytes left`);
      return address;
    },
    free: (address) => _free(address),
  };
}

/** Where the numbers of a tensor begin. A tensor that lies in another backend is moved first. */
export function addressOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.getMemoryOffset(dataId) >>> 0;
}

/** A new tensor, its numbers undefined. */
export function newTensor(
  backend: BackendWasm,
  shape: readonly number[],
  dtype: DataType = 'float32',
): TensorInfo {
  const tensor = backend.makeOutput([...shape], dtype);
  if (addressOf(backend, tensor) === 0 && util.sizeFromShape([...shape]) > 0) {
    backend.disposeData(tensor.dataId);
    throw new MoeError('wasm', 'the backend has no memory left for a result', shape);
  }
  return tensor;
}

/** The wasm backend with the kernels of this package: what a test of them begins with, as `beforeEach(useKernels)`. */
import { register } from '../src/index.ts';
import { useWasm } from './backend.ts';

export async function useKernels(): Promise<void> {
  await useWasm();
  register();
}

import '@tensorflow/tfjs-backend-webgpu';
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { moeKernels } from './kernels/index.ts';
import { webGpuOf } from './program.ts';

const WEBGPU = 'webgpu';

let registered: KernelConfig[] = [];

/**
 * Registers the kernels for the webgpu backend; importing the package does it once.
 */
export function register(): void {
  unregister();
  registered = moeKernels.map(({ name: kernelName, run }) => ({
    kernelName,
    backendName: WEBGPU,
    kernelFunc: ({ inputs, attrs, backend }) =>
      run({ inputs: inputs as never, attrs: attrs as never, backend: webGpuOf(backend as object) }),
  }));
  registered.forEach(registerKernel);
}

/** Takes all kernels back: tfjs computes as if this package had never been imported. */
export function unregister(): void {
  for (const config of registered) {
    // Somebody else's kernel, registered later, stays.
    if (getKernel(config.kernelName, WEBGPU) === config) unregisterKernel(config.kernelName, WEBGPU);
  }
  registered = [];
}

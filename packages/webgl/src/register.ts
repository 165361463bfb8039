import '@tensorflow/tfjs-backend-webgl';
import {
  engine,
  env,
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { moeKernels } from './kernels/index.ts';
import { webGlOf } from './program.ts';

const WEBGL = 'webgl';

let registered: KernelConfig[] = [];

/**
 * Registers the kernels for the webgl backend; importing the package does it once. They stay out where the browser has
 * WebGL 1 alone, whose shaders cannot count by what they read, or textures of 16 bits, which cannot number rows.
 * @returns whether they are registered, as far as is known: a backend that has yet to start may still take them back
 */
export function register(): boolean {
  unregister();
  registered = moeKernels.map(({ name: kernelName, run }) => ({
    kernelName,
    backendName: WEBGL,
    kernelFunc: ({ inputs, attrs, backend }) =>
      run({ inputs: inputs as never, attrs: attrs as never, backend: webGlOf(backend as object) }),
    setupFunc: () => {
      if (!suits()) unregister();
    },
  }));
  registered.forEach(registerKernel);
  if (engine().registry[WEBGL] !== undefined && !suits()) unregister();
  return registered.length > 0;
}

/** Takes all kernels back: tfjs computes as if this package had never been imported. */
export function unregister(): void {
  for (const config of registered) {
    // Somebody else's kernel, registered later, stays.
    if (getKernel(config.kernelName, WEBGL) === config) unregisterKernel(config.kernelName, WEBGL);
  }
  registered = [];
}

// What the backend says of its precision is 16 wherever it can write 32.
const suits = (): boolean =>
  env().getNumber('WEBGL_VERSION') === 2 && env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');

import type { BackendKernel } from './kernel.ts';
import { type KernelGradient, routeGradients } from './route-gradients.ts';
import { openShortRoute } from './short-route.ts';
import type { DeviceTensor, TensorEngine } from './tensors.ts';

/** What tfjs holds of a kernel. */
export interface RegisteredKernel {
  readonly kernelName: string;
  readonly backendName: string;
  readonly setupFunc?: ((backend: never) => void) | undefined;
  readonly kernelFunc: (call: {
    readonly inputs: unknown;
    readonly attrs?: unknown;
    readonly backend: unknown;
  }) => unknown;
}

/** What is used of tfjs to put kernels in place. */
export interface KernelRegistry {
  engine(): TensorEngine;
  registerKernel(kernel: RegisteredKernel): void;
  unregisterKernel(kernelName: string, backendName: string): void;
  getKernel(kernelName: string, backendName: string): RegisteredKernel | undefined;
  registerGradient(gradient: KernelGradient): void;
  getGradient(kernelName: string): unknown;
}

/** Kernels that can be put in place and taken back. */
export interface Registration {
  readonly isOn: boolean;
  register(): void;
  unregister(): void;
}

/**
 * The kernels of a backend that keeps its memory to itself, to be registered with tfjs, with the gradients of those that
 * route and the short route by which layers take them.
 * @param setup told of every start of the backend
 */
export function registration<Backend>(
  tfjs: unknown,
  backendName: string,
  kernels: readonly BackendKernel<Backend, Pick<DeviceTensor, 'dataId'>>[],
  setup?: () => void,
): Registration {
  const { engine, ...registry } = tfjs as KernelRegistry;
  let registered: RegisteredKernel[] = [];

  function unregister(): void {
    for (const own of registered) {
      // Somebody else's kernel, registered later, stays.
      if (registry.getKernel(own.kernelName, backendName) === own)
        registry.unregisterKernel(own.kernelName, backendName);
    }
    registered = [];
  }

  return {
    get isOn() {
      return registered.length > 0;
    },
    unregister,
    register() {
      unregister();
      registered = kernels.map(({ name: kernelName, run }) => ({
        kernelName,
        backendName,
        kernelFunc: (call) => run(call as never),
        ...(setup && { setupFunc: setup }),
      }));
      registered.forEach(registry.registerKernel);
      for (const gradient of routeGradients(engine)) {
        if (!registry.getGradient(gradient.kernelName)) registry.registerGradient(gradient);
      }
      openShortRoute(engine, registry.getKernel);
    },
  };
}

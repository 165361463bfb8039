import { afterEach, expect, test } from 'vitest';
import { defineBackendKernel, type RegisteredKernel, registration } from '../../src/backends/index.ts';
import { shortWay } from '../../src/index.ts';

afterEach(() => {
  shortWay.route = undefined;
});

/** A tfjs that holds kernels and gradients. */
function registry() {
  const kernels = new Map<string, RegisteredKernel>();
  const gradients = new Map<string, unknown>();
  return {
    kernels,
    gradients,
    engine: () => ({ backendName: 'none' }),
    registerKernel: (kernel: RegisteredKernel) => void kernels.set(kernel.kernelName, kernel),
    unregisterKernel: (name: string) => void kernels.delete(name),
    getKernel: (name: string) => kernels.get(name),
    registerGradient: (gradient: { kernelName: string }) => void gradients.set(gradient.kernelName, gradient),
    getGradient: (name: string) => gradients.get(name),
  };
}

const double = defineBackendKernel<{ factor: number }, { dataId: object }, { x: number }, { times: number }>(
  'Double',
  ({ inputs, attrs, backend }) => ({ dataId: [inputs.x * attrs.times * backend.factor] }),
);

test('kernels are put in place with what they are given, and taken back', () => {
  const tfjs = registry();
  let starts = 0;
  const own = registration(tfjs, 'own', [double], () => {
    starts++;
  });
  expect(own.isOn).toBe(false);
  own.register();
  const kernel = tfjs.kernels.get('Double')!;
  expect(own.isOn).toBe(true);
  expect(kernel.backendName).toBe('own');
  const call = { inputs: { x: 3 }, attrs: { times: 2 }, backend: { factor: 5 } };
  expect(kernel.kernelFunc(call)).toEqual({ dataId: [30] });
  kernel.setupFunc!({} as never);
  expect(starts).toBe(1);
  own.unregister();
  expect(own.isOn).toBe(false);
  expect(tfjs.kernels.size).toBe(0);
});

test('a kernel that somebody else has registered since stays, and so do gradients', () => {
  const tfjs = registry();
  const own = registration(tfjs, 'own', [double]);
  own.register();
  const gradients = [...tfjs.gradients.values()];
  expect(gradients.length).toBe(2);
  const other: RegisteredKernel = { kernelName: 'Double', backendName: 'own', kernelFunc: () => 1 };
  tfjs.registerKernel(other);
  own.unregister();
  expect(tfjs.kernels.get('Double')).toBe(other);
  own.register();
  expect([...tfjs.gradients.values()]).toEqual(gradients);
});

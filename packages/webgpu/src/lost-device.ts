import { MoeError } from '@tfjs-moe/core';

/** What is used of a device of WebGPU to see that it is gone. */
export interface MayBeLost {
  readonly lost?: Promise<{ readonly reason: string; readonly message: string }>;
}

const watched = new WeakMap<MayBeLost, { why?: string }>();

/**
 * Ends a call on a device that was lost: what lay in its memory is gone, and tfjs would go on with numbers that are none.
 *
 * A device is lost where its driver restarts, its memory runs out, or the backend is removed. A model is as it was when it
 * was saved: load it once there is another backend.
 *
 * @throws MoeError from the moment on at which the browser says so
 */
export function expectDevice(device: MayBeLost): void {
  let state = watched.get(device);
  if (state === undefined) {
    const fresh: { why?: string } = {};
    watched.set(device, fresh);
    device.lost?.then(({ reason, message }) => {
      fresh.why = `${reason}: ${message}`;
    });
    state = fresh;
  }
  if (state.why === undefined) return;
  const rule =
    'the device was lost, and the weights with it; load the model that was last saved, on a new backend';
  throw new MoeError('webgpu', rule, state.why);
}

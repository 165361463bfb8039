/** The software adapter of a headless Chromium, and tests on it that look for errors of its context. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect } from 'vitest';

/** Runs every test of a file on webgl. */
export function onWebGl(): void {
  beforeEach(async () => {
    await tf.setBackend('webgl');
    await tf.ready();
    // Small tensors too, which tfjs would compute with in JavaScript.
    tf.env().set('WEBGL_CPU_FORWARD', false);
  });
  afterEach(() => {
    const { gl } = (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
    expect(gl.getError()).toBe(gl.NO_ERROR);
  });
}

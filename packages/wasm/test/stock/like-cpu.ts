/** Comparing training on the wasm backend with training on the cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { useWasm } from '../backend.ts';

/** Trains on both backends, and checks that the losses fall and are alike. */
export async function expectTrainsLikeCpu(train: () => Promise<number[]>): Promise<void> {
  const here = await train();
  await tf.setBackend('cpu');
  const there = await train();
  await useWasm();
  expect(there).toHaveLength(here.length);
  expect(here.at(-1)).toBeLessThan(here[0]!);
  here.forEach((loss, i) => {
    expect(Math.abs(loss - there[i]!)).toBeLessThan(1e-4 * loss);
  });
}

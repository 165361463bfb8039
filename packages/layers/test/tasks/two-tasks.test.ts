import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { compareTwoTasks } from './two-tasks.ts';
import '@tensorflow/tfjs-backend-cpu';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('of a real table, a multi-gate mixture learns two targets sooner than a shared bottom of its size', async () => {
  for (const seed of [1, 2]) {
    const { mixture, sharedBottom, parameters } = await compareTwoTasks(seed, 10);
    expect(parameters.mixture).toBeLessThanOrEqual(parameters.sharedBottom);
    mixture.forEach((error, i) => {
      expect(error).toBeLessThan(sharedBottom[i]!);
    });
  }
});

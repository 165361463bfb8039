import { expect, test } from 'vitest';
import { averageSteps, type Step } from '../src/history.ts';

test('averageSteps weights every step by its number of images', () => {
  const step = (images: number, value: number): Step => ({
    images,
    scores: { mixture: { loss: value, accuracy: value }, dense: { loss: 2 * value, accuracy: 0 } },
    load: [value, 1 - value],
  });
  const { seen, scores, load } = averageSteps([step(3, 0), step(1, 1)], 77);
  expect(seen).toBe(77);
  expect(scores.mixture).toEqual({ loss: 0.25, accuracy: 0.25 });
  expect(scores.dense.loss).toBe(0.5);
  expect(load).toEqual([0.25, 0.75]);
});

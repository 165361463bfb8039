import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fuzzSaved } from './fuzz.ts';
import { everyKind } from './saved-models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// The long form: `pnpm --filter @tfjs-moe/layers fuzz`.
test.each(Object.keys(everyKind))(
  '%s: a damaged model loads as it was, or ends in an error with a name',
  async (kind) => {
    const { counts, wrong } = await fuzzSaved(1, 60, [kind]);
    expect(wrong).toEqual([]);
    expect(counts.named).toBeGreaterThan(15);
    expect(counts.same + counts.named + counts.tfjs).toBeGreaterThan(50);
  },
);

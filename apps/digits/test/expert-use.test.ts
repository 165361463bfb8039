import { useBackend } from 'app-frame';
import { beforeAll, expect, test } from 'vitest';
import { PIXELS } from '../src/batches.ts';
import { expertUse } from '../src/expert-use.ts';
import { buildNetworks } from '../src/model.ts';
import { parseOptions } from '../src/options.ts';
import { sampleDigits } from './sample-digits.ts';

beforeAll(async () => {
  await useBackend('test', 'wasm');
});

// With k = 5 of 5 the gate is dense, and shares are of weight.
test.each([1, 2, 5])('loads sum to 1, and every image goes to k experts: k = %d', async (k) => {
  const networks = buildNetworks(parseOptions(['--experts=5', `--k=${k}`, '--hidden=4'], '/'));
  const data = sampleDigits(60);
  const experts = await expertUse(networks, 5, data, 1);
  expect(experts.reduce((sum, { load }) => sum + load, 0)).toBeCloseTo(1);
  for (let digit = 0; digit < 10; digit++) {
    expect(experts.reduce((sum, { shareOfDigit }) => sum + shareOfDigit[digit]!, 0)).toBeCloseTo(
      k === 5 ? 1 : k,
    );
  }
  const examples = experts.reduce((sum, expert) => sum + expert.examples.length / PIXELS, 0);
  expect(examples).toBeGreaterThanOrEqual(24);
  expect(examples).toBeLessThanOrEqual(60);
  expect(await expertUse(networks, 5, data, 1)).toEqual(experts);
});

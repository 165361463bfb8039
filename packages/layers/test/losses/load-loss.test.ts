import { arrayGateOps, arrayTable, tableOf } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import golden from '../../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { loadLoss } from '../../src/index.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { batchB, expectValue, gateTables, type Tables } from './golden-batches.ts';

/** V-MoE's test batch: the chance of passing the second largest noisy logit under noise of sigma 0.1. */
const logits = [
  [0.9, 0.06, 0.04],
  [0.7, 0.18, 0.12],
  [0.85, 0.05, 0.1],
];
const noise = [
  [-0.037, 0.026, -0.018],
  [-0.074, 0.045, -0.015],
  [-0.067, -0.059, 0.073],
];
const vmoe: Tables = { ...gateTables(logits), load: chances() };

onEveryBackend(() => {
  const runner = { describe, test };
  testBalanceLoss(runner, loadLoss(), { atOneExpert: 0 });
  testBalanceLoss(runner, loadLoss({ variance: 'sample' }), { atOneExpert: 0 });
  testBalanceLoss(runner, loadLoss({ of: 'count' }), { atOneExpert: 0 });

  test('golden: V-MoE, the smooth estimate', () => {
    expectValue(loadLoss(), vmoe, golden.A_load_cv2_vmoe);
  });

  test('golden: PyTorch ports, the count, sample', () => {
    const loss = loadLoss({ of: 'count', variance: 'sample' });
    expectValue(loss, batchB, golden.B_load_count_cv2_bessel);
  });

  test('counts in the population unless told otherwise', () => {
    expectValue(loadLoss({ of: 'count' }), batchB, (golden.B_load_count_cv2_bessel * 3) / 4);
  });
});

test('needs a load estimate and says where to get one', () => {
  expect(() => expectValue(loadLoss(), batchB, 0)).toThrow(
    "[tfjs-moe] loadLoss: the gate has no load estimate; use noisyTopK, or { of: 'count' } for the plain count.",
  );
});

test('takes the estimate by default', () => {
  expect(loadLoss().config).toEqual({
    kind: 'loadLoss',
    weight: 0.01,
    variance: 'population',
    of: 'estimate',
  });
});

test('refuses options that it does not know', () => {
  expect(() => loadLoss({ of: 'weights' as never })).toThrow(
    `[tfjs-moe] loadLoss: of must be one of 'estimate', 'count'. Received: "weights".`,
  );
});

function chances(): number[][] {
  const z = logits.map((row, t) => {
    const noisy = row.map((value, e) => value + (noise[t]?.[e] ?? 0));
    const second = [...noisy].sort((a, b) => b - a)[1]!;
    return row.map((value) => (value - second) / 0.1);
  });
  return tableOf(arrayGateOps().normalCdf(arrayTable(z)));
}

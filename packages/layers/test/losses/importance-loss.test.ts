import type { BalanceLoss } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import golden from '../../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { importanceLoss } from '../../src/index.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { batchA, batchB, expectValue, type Tables } from './golden-batches.ts';

const ofProbabilities = importanceLoss({ of: 'probabilities' });
const sampleOfProbabilities = importanceLoss({ of: 'probabilities', variance: 'sample' });

onEveryBackend(() => {
  const runner = { describe, test };
  testBalanceLoss(runner, importanceLoss(), { atOneExpert: 0 });
  testBalanceLoss(runner, ofProbabilities, { atOneExpert: 0 });
  testBalanceLoss(runner, sampleOfProbabilities, { atOneExpert: 0, experts: 2, expertsPerToken: 1 });

  test.each<[string, BalanceLoss, Tables, number]>([
    ['V-MoE, population', ofProbabilities, batchA, golden.A_importance_cv2_population],
    ['Tutel, sample', sampleOfProbabilities, batchA, golden.A_importance_cv2_bessel],
    ['tensor2tensor, population', importanceLoss(), batchB, golden.B_importance_cv2_pop],
    ['PyTorch ports, sample', importanceLoss({ variance: 'sample' }), batchB, golden.B_importance_cv2_bessel],
  ])('golden: %s', (_name, loss, tables, expected) => expectValue(loss, tables, expected));

  test('is 0 when every expert receives the same weight', () => {
    const equal = batchB.weights.map((row) => row.map(() => 0.25));
    expectValue(importanceLoss(), { ...batchB, weights: equal }, 0);
  });

  test('is E - 1 when one expert receives everything', () => {
    const collapsed = batchB.weights.map((row) => row.map((_, e) => (e === 2 ? 1 : 0)));
    expectValue(importanceLoss(), { ...batchB, weights: collapsed }, 3);
  });
});

test('takes the combine weights and the population variance by default', () => {
  expect(importanceLoss().config).toEqual({
    kind: 'importanceLoss',
    weight: 0.01,
    variance: 'population',
    of: 'weights',
  });
});

test('refuses options that it does not know', () => {
  expect(() => importanceLoss({ of: 'logits' as never })).toThrow(
    `[tfjs-moe] importanceLoss: of must be one of 'weights', 'probabilities'. Received: "logits".`,
  );
  expect(() => importanceLoss({ variance: 'bessel' as never })).toThrow(
    `[tfjs-moe] importanceLoss: variance must be one of 'population', 'sample'. Received: "bessel".`,
  );
});

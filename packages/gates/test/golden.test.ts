/**
 * The conventions of other libraries, each held against the numbers that `golden/golden.py` computed with numpy.
 */
import { readFileSync } from 'node:fs';
import { type ArrayValue, tableOf } from '@tfjs-moe/core';
import { noisyTopK, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, givenNormals, routeLogits } from './given-logits.ts';

const golden = JSON.parse(readFileSync(`${import.meta.dirname}/golden/golden-moe.json`, 'utf8'));

const logits = [
  [2, 1, 0.1, -1],
  [1.5, 1.4, -0.5, 0],
  [0.2, 2.2, 0.3, 0.1],
  [-1, 0, 1, 2],
  [3, -1, 0.5, 0.4],
  [0.6, 0.5, 0.4, 0.3],
];

describe('one batch of 6 tokens and 4 experts, K = 2', () => {
  const routing = routeLogits(topK(), logits);

  test('selection: B_topk_idx, B_counts', () => {
    expect(chosen(routing)).toEqual(golden.B_topk_idx);
    expect(countsOf(routing.choices)).toEqual(golden.B_counts);
  });

  test('mean probabilities: B_P_mean', () => {
    const mean = columnSums(routeLogits(softmax(), logits).probabilities).map((sum) => sum / 6);
    expectClose(mean, golden.B_P_mean);
  });

  test('Mixtral: softmax, top-K, renormalise', () => {
    expectClose(chosenWeights(routing).flat(), golden['B_mixtral_weights(pre-softmax,topk,renorm)'].flat());
  });

  test('importance of the renormalised weights: B_importance_cv2_pop', () => {
    expectClose([squaredVariation(columnSums(routing.weights))], [golden.B_importance_cv2_pop]);
  });

  test('DeepSeek-V3: sigmoid, bias in the selection, renormalised weights times 2.5', () => {
    const gate = topK({ weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 });
    const deepSeek = routeLogits(gate, logits, { data: { selection_bias: [0, -0.3, 0.3, 0.1] } });
    expect(chosen(deepSeek)).toEqual(golden.B_ds_idx);
    expect(countsOf(deepSeek.choices)).toEqual(golden.B_ds_counts);
    expectClose(chosenWeights(deepSeek).flat(), golden['B_ds_w_scale2.5'].flat());
  });
});

test('V-MoE: the load of noisy top-2 with sigma = 0.1', () => {
  const clean = [
    [0.9, 0.06, 0.04],
    [0.7, 0.18, 0.12],
    [0.85, 0.05, 0.1],
  ];
  const noise = [
    [-0.037, 0.026, -0.018],
    [-0.074, 0.045, -0.015],
    [-0.067, -0.059, 0.073],
  ];
  const random = givenNormals(noise.map((row) => row.map((value) => value / 0.1)));
  const gate = noisyTopK({ noise: { stddev: 0.3 }, loadThreshold: 'vmoe' });
  const { load } = routeLogits(gate, clean, { training: true, random });
  expectClose([squaredVariation(columnSums(load!))], [golden.A_load_cv2_vmoe]);
});

function columnSums(value: ArrayValue): number[] {
  const rows = tableOf(value);
  return (rows[0] ?? []).map((_, e) => rows.reduce((sum, row) => sum + row[e]!, 0));
}

function countsOf(choices: readonly ArrayValue[]): number[] {
  const perChoice = choices.map(columnSums);
  return (perChoice[0] ?? []).map((_, e) => perChoice.reduce((sum, counts) => sum + counts[e]!, 0));
}

/** Population variance over the squared mean. */
function squaredVariation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return variance / mean ** 2;
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
}

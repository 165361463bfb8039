import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import golden from '../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { capacityDispatch } from '../src/dispatch/capacity.ts';
import { mixtureOfExperts, type RoutingMetrics } from '../src/index.ts';
import { metricsOf, metricsTensor } from '../src/routing-metrics.ts';
import { onEveryBackend } from './backends.ts';
import { dropNaively } from './dispatch/dropping.ts';
import { anyPlan, type PlanTables, planOf } from './dispatch/plans.ts';

const total = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0);

/** The metrics by their definitions; padding is a token whose mask is 0. */
function naive(
  tables: PlanTables,
  probabilities: readonly number[][],
  logits: readonly number[][],
  { mask, capacity }: { mask: readonly number[]; capacity: number },
): RoutingMetrics {
  const { kept, weights } = dropNaively(tables, capacity);
  const tokens = total(mask);
  const counts = (weights[0] ?? []).map((_, e) =>
    total(tables.choices.flatMap((level) => level.map((row) => row[e]!))),
  );
  const entropies = probabilities.map((row) => -total(row.map((p) => (p > 0 ? p * Math.log(p) : 0))));
  const perToken = (value: number) => (tokens === 0 ? 0 : value / tokens);
  const selected = total(counts);
  return {
    tokens,
    load: counts.map(perToken),
    importance: counts.map((_, e) => perToken(total(weights.map((row) => row[e]!)))),
    entropy: perToken(total(entropies.map((entropy, t) => entropy * mask[t]!))),
    droppedFraction: selected === 0 ? 0 : 1 - total(kept.flat()) / selected,
    maxViolation: selected === 0 ? 0 : Math.max(...counts) / (selected / counts.length) - 1,
    logitScale: Math.sqrt(
      perToken(total(logits.map((row, t) => (total(row.map((z) => z * z)) / row.length) * mask[t]!))),
    ),
  };
}

function expectMetrics(actual: RoutingMetrics, expected: RoutingMetrics): void {
  const { load, importance, ...numbers } = expected;
  for (const [name, value] of Object.entries(numbers)) {
    expect(actual[name as keyof typeof numbers], name).toBeCloseTo(value, 5);
  }
  load.forEach((value, e) => {
    expect(actual.load[e]).toBeCloseTo(value, 5);
  });
  importance.forEach((value, e) => {
    expect(actual.importance[e]).toBeCloseTo(value, 5);
  });
}

onEveryBackend(() => {
  test('are what their definitions say, for any plan and padding', () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), ({ capacity, ...tables }, hasMask) => {
        const tokens = tables.weights.length;
        const probabilities = drawnRows(tokens, tables.weights[0]?.length ?? 0, capacity).map((row) => {
          const exps = row.map((z) => (z < -1 ? 0 : Math.exp(z)));
          const sum = total(exps);
          return exps.map((value) => (sum === 0 ? 1 / exps.length : value / sum));
        });
        // A gate selects nothing for padding.
        const isUsed = (_: unknown, t: number) => tables.choices.some((level) => total(level[t] ?? []) > 0);
        const mask = tables.weights.map((row, t) => (hasMask && !isUsed(row, t) ? 0 : 1));
        tf.tidy(() => {
          const plan = {
            ...planOf(tables),
            probabilities_TE: tf.tensor2d(probabilities.flat(), [tokens, probabilities[0]?.length ?? 0]),
          };
          const dispatched = capacityDispatch(() => capacity).dispatch(tf.ones([tokens, 1]), plan);
          const mask_T1 = hasMask ? tf.tensor2d([...mask], [tokens, 1]) : undefined;
          const numbers = metricsTensor(plan, dispatched, mask_T1).dataSync();
          const logits = plan.logits_TE.arraySync();
          expectMetrics(metricsOf(numbers), naive(tables, probabilities, logits, { mask, capacity }));
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('the layer keeps those of its last batch, without padding', () => {
    const layer = mixtureOfExperts({ experts: 4, gate: topK({ k: 2 }), expert: linear(), seed: 1 });
    tf.tidy(() => {
      const mask = [1, 1, 0, 1, 0, 1];
      const x = tf.tensor2d(drawnRows(6, 3, 1));
      expect(layer.routingMetrics).toBeNull();
      layer.apply(x, { mask: tf.tensor1d(mask) });
      const plan = layer.route(x, tf.tensor1d(mask));
      const tables: PlanTables = {
        expertsPerToken: 2,
        choices: plan.choices_TE.map((choice) => choice.arraySync()),
        weights: plan.weights_TE.arraySync(),
      };
      expect(total(tables.choices.flat(2))).toBe(8);
      const expected = naive(tables, plan.probabilities_TE.arraySync(), plan.logits_TE.arraySync(), {
        mask,
        capacity: 6,
      });
      expectMetrics(layer.routingMetrics!, expected);
    });
    layer.dispose();
  });

  test('are none where the layer does not record them', () => {
    const layer = mixtureOfExperts({ experts: 2, gate: 'softmax', expert: linear(), recordRouting: false });
    tf.tidy(() => layer.apply(tf.ones([3, 2])) as tf.Tensor);
    expect(layer.routingMetrics).toBeNull();
    layer.dispose();
  });
});

test('golden: MaxVio of DeepSeek-V3', () => {
  const counts = golden.B_ds_counts;
  const pairs = total(counts);
  const { maxViolation, load } = metricsOf([...counts, ...counts, 0, 0, pairs, 6]);
  expect(maxViolation).toBeCloseTo(golden.B_ds_maxvio, 12);
  expect(load).toEqual(counts.map((count) => count / 6));
});

test('are zeros and not NaN for a batch of padding', () => {
  const nothing = metricsOf([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(nothing).toEqual({
    tokens: 0,
    entropy: 0,
    droppedFraction: 0,
    maxViolation: 0,
    logitScale: 0,
    load: [0, 0],
    importance: [0, 0],
  });
  expect(Object.isFrozen(nothing)).toBe(true);
});

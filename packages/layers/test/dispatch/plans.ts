/**
 * Routing plans without a gate: from tables of numbers, and arbitrary ones for property tests.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import fc from 'fast-check';
import type { RoutingPlan } from '../../src/index.ts';

/** A plan as tables [T][E]. */
export interface PlanTables {
  readonly expertsPerToken: number;
  /** Disjoint 0/1 masks, first choices first. */
  readonly choices: readonly number[][][];
  readonly weights: readonly number[][];
  readonly renormalizeAfterDrop?: boolean;
}

/** The plan on tensors; dropping looks at choices and weights alone. */
export function planOf({ choices, weights, ...rest }: PlanTables): RoutingPlan {
  const [tokens, experts] = [weights.length, weights[0]?.length ?? 0];
  const table = (rows: readonly number[][]) => tf.tensor2d(rows.flat(), [tokens, experts]);
  const choices_TE = choices.map(table);
  return {
    renormalizeAfterDrop: false,
    ...rest,
    tokens,
    experts,
    logits_TE: table(weights),
    probabilities_TE: table(weights),
    choices_TE,
    selected_TE: tf.addN(choices_TE),
    weights_TE: table(weights),
  };
}

/** Plans of every form a gate may give: one expert per token and level, several, or none for padding. */
export const anyPlan: fc.Arbitrary<PlanTables & { readonly capacity: number }> = fc
  .record({
    tokens: fc.integer({ min: 1, max: 8 }),
    experts: fc.integer({ min: 1, max: 4 }),
    levels: fc.integer({ min: 1, max: 3 }),
    single: fc.boolean(),
    renormalizeAfterDrop: fc.boolean(),
    capacity: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(),
  })
  .map(({ tokens, experts, levels, single, renormalizeAfterDrop, capacity, seed }) => {
    const draw = stream(seed);
    const zeros = () => Array.from({ length: tokens }, () => new Array<number>(experts).fill(0));
    const choices = Array.from({ length: single ? Math.min(levels, experts) : levels }, zeros);
    const weights = zeros();
    for (let t = 0; t < tokens; t++) {
      const isPadding = draw.uniform() < 0.2;
      const order = [...draw.permutation(experts)];
      choices.forEach((level, l) => {
        for (const expert of isPadding
          ? []
          : single
            ? order.slice(l, l + 1)
            : order.filter((_, i) => i % levels === l)) {
          if (!single && draw.uniform() < 0.3) continue;
          level[t]![expert] = 1;
          weights[t]![expert] = Math.fround(0.1 + draw.uniform());
        }
      });
    }
    const expertsPerToken = single ? choices.length : experts;
    return { expertsPerToken, choices, weights, renormalizeAfterDrop, capacity };
  });

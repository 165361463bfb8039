/**
 * Gates that ask for a comparison with equality or for sums in order, written as the guide writes them: without an epsilon.
 */
import {
  type AnyParams,
  arrayGateOps,
  arrayInput,
  defineGate,
  type GateOps,
  type Named,
  type RoutingContext,
  tableOf,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { softmax } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';

/** The fewest experts whose probabilities sum to at least p. */
const topP = defineGate('ownTopP', ({ p: least = 0.9 }: { p?: number } = {}) => {
  const dense = softmax();
  return {
    config: { p: least },
    expertsPerToken: (experts) => experts,
    params: dense.params,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext) {
      const { logits, scores, probabilities } = dense.route(ops, x, p, context);
      let before = ops.constant(0);
      const choices = ops.topK(probabilities, context.experts).map((first) => {
        const choice = ops.mul(first, ops.greater(ops.constant(least), before));
        before = ops.add(before, ops.sumExperts(ops.mul(first, ops.stopGradient(probabilities))));
        return choice;
      });
      const kept = ops.mul(probabilities, choices.reduce(ops.add));
      return { logits, scores, probabilities, choices, weights: ops.div(kept, ops.sumExperts(kept)) };
    },
  };
});

/** The experts that are at least a share as probable as the best. */
const nearBest = defineGate('ownNearBest', ({ share = 0.5 }: { share?: number } = {}) => {
  const dense = softmax();
  return {
    config: { share },
    expertsPerToken: (experts) => experts,
    params: dense.params,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext) {
      const { logits, scores, probabilities } = dense.route(ops, x, p, context);
      const [best] = ops.topK(probabilities, 1) as [V];
      const bound = ops.mul(ops.constant(share), ops.sumExperts(ops.mul(best, probabilities)));
      const selected = ops.greaterOrEqual(probabilities, bound);
      return {
        logits,
        scores,
        probabilities,
        choices: [selected],
        weights: ops.mul(probabilities, selected),
      };
    },
  };
});

const runner = { describe, test };
testGate(runner, topP());
testGate(runner, topP({ p: 0.3 }));
testGate(runner, nearBest());
testGate(runner, nearBest({ share: 1 }));

const log = (...rows: number[][]) => rows.map((row) => row.map(Math.log));
const selected = (gate: ReturnType<typeof topP>, ...rows: number[][]) => {
  const { choices } = routeLogits(gate, log(...rows));
  const tables = choices.map(tableOf);
  return rows.map((row, t) =>
    row.flatMap((_, e) => (tables.some((table) => table[t]?.[e] === 1) ? [e] : [])),
  );
};

test('top-p takes experts until their probabilities suffice, and never none', () => {
  expect(selected(topP({ p: 0.6 }), [0.5, 0.2, 0.3], [0.7, 0.2, 0.1])).toEqual([[0, 2], [0]]);
  expect(selected(topP({ p: 1e-9 }), [0.2, 0.3, 0.5])).toEqual([[2]]);
  expect(selected(topP({ p: 0.5 }), [0.25, 0.25, 0.25, 0.25])).toEqual([[0, 1]]);
});

test('a share of 1 takes the best and its equals, at every scale of the logits', () => {
  expect(selected(nearBest({ share: 1 }), [0.4, 0.4, 0.2], [0.2, 0.3, 0.5])).toEqual([[0, 1], [2]]);
  const gate = nearBest({ share: 1 });
  const specs = gate.params(3, 7);
  for (const scale of [1e-9, 1, 1e4]) {
    const x = arrayInput(drawnRows(200, 3, 1, scale));
    const { choices } = gate.route(arrayGateOps(), x, valuesOf(specs, drawnData(specs, 1)), {
      experts: 7,
      training: false,
    });
    const counts = tableOf(choices[0]!).map((row) => row.reduce((sum, entry) => sum + entry, 0));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  }
});

/** The published gates of `golden-cases.ts` on plain arrays. */
import { type ArrayValue, arrayInput, arrayOps, arrayParam, type Routing, tableOf } from '@tfjs-moe/core';
import { cosineRouter, sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden, goldenCases } from './golden-cases.ts';

describe('a published gate', () => {
  test.each(Object.entries(goldenCases))('%s', (_, { gate, logits, data = {}, indices, weights }) => {
    const routing = routeLogits(gate, logits, { data });
    expect(byExpert(...selectedIn(routing))).toEqual(byExpert(indices, weights));
  });

  test('sigmoids that underflow have probabilities all the same: Megatron #1545', () => {
    const { in: given, out } = golden.sigmoid_underflow;
    expectRows(routeLogits(sigmoid(), given.logits).probabilities, out.exact);
  });

  test('the cosine router at its initial temperature is that of X-MoE and Tutel', () => {
    const { in: given, out } = golden.x_moe_cosine;
    const kernel = arrayParam({ shape: [2], initializer: { kind: 'zeros' } }, 4, given.w.flat());
    const temperature = arrayOps.constant(1 / Math.exp(Math.min(given.log_t, Math.log(100))));
    expectRows(cosineRouter().logit(arrayOps, arrayInput(given.x), { kernel, temperature }), out.logits);
    expect(cosineRouter().params(2).temperature.initializer).toEqual({ kind: 'constant', value: 0.5 });
  });

  test('the softmax over the selected logits is the divided softmax: Granite, JetMoE', () => {
    const { weights } = routeLogits(topK({ weighting: softmax() }), golden.softmax_topk.in.logits);
    const rows = golden.softmax_topk.out.softmax_of_topk_logits as number[][];
    rows.forEach((row, t) => {
      golden.softmax_topk.out.indices[t].forEach((e: number, i: number) => {
        expect(tableOf(weights)[t]![e]).toBeCloseTo(row[i]!, 12);
      });
    });
  });
});

/** The selected experts of every token, and their weights. */
function selectedIn({ choices, weights }: Routing<ArrayValue>): [number[][], number[][]] {
  const masks = choices.map(tableOf);
  const indices = tableOf(weights).map((row, t) =>
    row.map((_, e) => e).filter((e) => masks.some((mask) => mask[t]![e] === 1)),
  );
  return [indices, indices.map((row, t) => row.map((e) => tableOf(weights)[t]![e]!))];
}

/** Every token's experts in order, with their weights to 10 digits. */
function byExpert(indices: number[][], weights: number[][]): [number, string][][] {
  return indices.map((row, t) =>
    row.map((expert, i): [number, string] => [expert, weights[t]![i]!.toFixed(10)]).sort(([a], [b]) => a - b),
  );
}

function expectRows(actual: ArrayValue, expected: number[][]): void {
  tableOf(actual).forEach((row, t) => {
    row.forEach((value, e) => {
      expect(value).toBeCloseTo(expected[t]![e]!, 10);
    });
  });
}

/** The published gates of `golden-cases.ts` on plain arrays. */
import { type ArrayValue, tableOf } from '@tfjs-moe/core';
import { sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits } from './given-logits.ts';
import { golden, goldenCases } from './golden-cases.ts';

describe('a published gate', () => {
  test.each(Object.entries(goldenCases))('%s', (_, { gate, logits, data = {}, indices, weights }) => {
    const routing = routeLogits(gate, logits, { data });
    expect(byExpert(chosen(routing), chosenWeights(routing))).toEqual(byExpert(indices, weights));
  });

  test('sigmoids that underflow have probabilities all the same: Megatron #1545', () => {
    const { in: given, out } = golden.sigmoid_underflow;
    expectRows(routeLogits(sigmoid(), given.logits).probabilities, out.exact);
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

import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { sequenceTopK, sigmoid, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, sequenceTopK());
testGate(runner, sequenceTopK({ k: 1.5, maximum: 2, per: 'batch', weighting: sigmoid() }));
testGate(runner, sequenceTopK({ k: 1, renormalize: true, weighting: topK({ k: 3 }) }));

/** The best pairs of a sequence, of one token at most so many, by sorting. */
function oracle(scores: number[][], budget: number, maximum: number): number[][] {
  const pairs = scores
    .flatMap((row, t) => {
      const order = row.map((score, e) => ({ score, t, e })).sort((a, b) => b.score - a.score);
      return order.slice(0, maximum);
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, budget);
  return scores.map((row, t) =>
    row.map((_, e) => (pairs.some((pair) => pair.t === t && pair.e === e) ? 1 : 0)),
  );
}

const masks = (...args: Parameters<typeof routeLogits>) => tableOf(routeLogits(...args).choices[0]!);

describe('sequenceTopK', () => {
  test('takes the best pairs of every sequence', () => {
    for (const [seed, k, maximum] of [
      [1, 2, 5],
      [2, 1, 2],
      [3, 2.5, 3],
      [4, 3, 3],
    ] as const) {
      const rows = drawnRows(12, 5, seed);
      const expected = [rows.slice(0, 6), rows.slice(6)].flatMap((own) =>
        oracle(own.map(softmaxOf), Math.floor(6 * k), maximum),
      );
      expect(masks(sequenceTopK({ k, maximum }), rows, { sequences: 2 })).toEqual(expected);
    }
  });

  test('is plain top-K where a token has no more than the average', () => {
    const rows = drawnRows(8, 5, 6);
    const routing = routeLogits(sequenceTopK({ k: 2, maximum: 2, renormalize: true }), rows, {
      sequences: 1,
    });
    const plain = routeLogits(topK({ k: 2 }), rows);
    expect(tableOf(routing.weights)).toEqual(tableOf(plain.weights));
  });

  test('has no budget for padding and tokens of NaN', () => {
    const rows = drawnRows(8, 5, 7);
    const gate = sequenceTopK({ per: 'batch' });
    const alone = masks(gate, rows.slice(0, 5));
    expect(masks(gate, rows, { mask: [1, 1, 1, 1, 1, 0, 0, 0] }).slice(0, 5)).toEqual(alone);
    const broken = [...rows.slice(0, 5), [1, Number.NaN, 2, 3, 4]];
    expect(masks(gate, broken).slice(0, 5)).toEqual(alone);
  });

  test('stays within the budget where weights are equal, or underflow', () => {
    const rows = [
      [1, 1, 1, 1],
      [900, 0, 0, 0],
      [0, 900, 0, 0],
    ];
    const gate = sequenceTopK({ per: 'batch' });
    expect(masks(gate, rows)).toEqual([
      [1, 1, 1, 1],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(
      masks(sequenceTopK({ k: 1, per: 'batch' }), rows)
        .flat()
        .reduce((a, b) => a + b),
    ).toBe(2);
  });

  test('refuses what it cannot do', () => {
    expect(() => sequenceTopK({ k: 3, maximum: 2 })).toThrow(
      '[tfjs-moe] sequenceTopK: k must be at most maximum (2). Received: 3.',
    );
    expect(() => sequenceTopK({ maximum: 9 }).params(2, 4)).toThrow('the number of experts (4)');
    expect(() => routeLogits(sequenceTopK(), [[1, 2]])).toThrow('needs an input of sequences');
  });
});

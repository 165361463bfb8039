import { stream, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { sparseMixer } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, sparseMixer({ jitter: 0.4 }), { exact: true, noisy: true });
testGate(runner, sparseMixer({ router: 'mlp', useBias: false, jitter: 0.5 }), { exact: true, noisy: true });

/** One round as the published code has it: the weights of all experts, in a softmax among those that are close. */
function round(row: readonly number[], taken: readonly number[], jitter: number): number[] {
  const open = row.map((z, e) => (taken.includes(e) ? -Infinity : z));
  const max = Math.max(...open);
  return softmaxOf(open.map((z) => ((max - z) / Math.max(Math.abs(z), max) > 2 * jitter ? -Infinity : z)));
}

const argMax = (row: readonly number[]) => row.indexOf(Math.max(...row));

describe('sparseMixer', () => {
  test('evaluates as two rounds of softmax', () => {
    for (const row of drawnRows(40, 5, 1)) {
      const first = round(row, [], 0.3);
      const second = round(row, [argMax(first)], 0.3);
      const routing = routeLogits(sparseMixer({ jitter: 0.3 }), [row]);
      const [a, b] = [argMax(first), argMax(second)];
      expect(chosen(routing)).toEqual([[a, b]]);
      const [weights] = tableOf(routing.weights);
      expect(weights![a]).toBeCloseTo(first[a]!, 12);
      expect(weights![b]).toBeCloseTo(second[b]!, 12);
    }
  });

  test('draws experts in training in proportion to their weights, and shrinks what is not the largest', () => {
    const row = [1, 0.9, 0.8, -5];
    const draws = 4000;
    const random = stream(5);
    const { choices, weights } = routeLogits(
      sparseMixer({ jitter: 0.2 }),
      Array.from({ length: draws }, () => row),
      {
        training: true,
        random,
      },
    );
    const first = round(row, [], 0.2);
    const [masks, given] = [tableOf(choices[0]!), tableOf(weights)];
    const counts = row.map((_, e) => masks.filter((mask) => mask[e] === 1).length / draws);
    counts.forEach((share, e) => {
      expect(Math.abs(share - first[e]!)).toBeLessThan(0.03);
    });
    // Of the second expert as first choice, a weight of a third in three of four draws.
    const drawn = masks.flatMap((mask, t) => (mask[1] === 1 ? [given[t]![1]!] : []));
    const shrunk = drawn.filter((weight) => Math.abs(weight - first[1]! / 3) < 1e-9);
    const whole = drawn.filter((weight) => Math.abs(weight - first[1]!) < 1e-9);
    expect(shrunk.length + whole.length).toBe(drawn.length);
    expect(Math.abs(shrunk.length / drawn.length - 0.75)).toBeLessThan(0.05);
  });

  test('refuses a single expert', () => {
    expect(() => sparseMixer().params(3, 1)).toThrow(
      'sparseMixer: there must be at least two experts. Received: 1.',
    );
  });
});

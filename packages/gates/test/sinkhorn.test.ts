import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { sinkhorn, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, sinkhorn(), { exact: true });
testGate(runner, sinkhorn({ k: 2, per: 'sequence', iterations: 4 }), { exact: true });
testGate(runner, sinkhorn({ k: 2, weighting: topK({ k: 3 }) }), { exact: true });

/** The plan as published code has it: factors of tokens and experts in turn. */
function plan(logits: number[][]): number[][] {
  const cost = logits.map((row) => row.map(Math.exp));
  const [tokens, experts] = [cost.length, cost[0]!.length];
  let ofTokens = new Array(tokens).fill(1);
  let ofExperts: number[] = new Array(experts).fill(1);
  for (let i = 0; i < 500; i++) {
    ofTokens = cost.map((row) => 1 / tokens / row.reduce((sum, c, e) => sum + c * ofExperts[e]!, 1e-8));
    ofExperts = ofExperts.map(
      (_, e) => 1 / experts / cost.reduce((sum, row, t) => sum + row[e]! * ofTokens[t], 1e-8),
    );
  }
  return cost.map((row, t) => row.map((c, e) => c * ofTokens[t] * ofExperts[e]!));
}

const best = (row: number[], k: number) =>
  row
    .map((_, e) => e)
    .sort((a, b) => row[b]! - row[a]!)
    .slice(0, k);

const collapsed = (tokens: number, seed: number) =>
  drawnRows(tokens, 4, seed).map((row) => row.map((z, e) => z + (e === 0 ? 2 : 0)));

describe('sinkhorn', () => {
  test('selects by the plan in training, and by the weights in evaluation', () => {
    for (const k of [1, 2]) {
      const logits = collapsed(24, 7 + k);
      const gate = sinkhorn({ k, iterations: 200 });
      const planned = plan(logits).map((row) => best(row, k));
      expect(chosen(routeLogits(gate, logits, { training: true }))).toEqual(planned);
      expect(chosen(routeLogits(gate, logits))).toEqual(logits.map((row) => best(row, k)));
    }
  });

  test('weighs the selected by sigmoids for one expert and by the softmax for several, of the logits alone', () => {
    const logits = collapsed(12, 3);
    for (const training of [false, true]) {
      const [one, two] = [1, 2].map((k) => routeLogits(sinkhorn({ k }), logits, { training }));
      logits.forEach((row, t) => {
        const [e] = chosen(one!)[t]!;
        expect(tableOf(one!.weights)[t]![e!]).toBeCloseTo(1 / (1 + Math.exp(-row[e!]!)), 12);
        for (const of of chosen(two!)[t]!)
          expect(tableOf(two!.weights)[t]![of]).toBeCloseTo(softmaxOf(row)[of]!, 12);
      });
    }
  });

  test('evens out the load of a batch, of which padding and tokens of NaN are no part', () => {
    const logits = collapsed(64, 5);
    const counts = (training: boolean, rows = logits, mask?: number[]) =>
      tableOf(routeLogits(sinkhorn(), rows, { training, ...(mask && { mask }) }).choices[0]!).filter(
        (_, t) => mask?.[t] !== 0,
      );
    const loads = (rows: number[][]) => rows.reduce((sum, row) => sum.map((n, e) => n + row[e]!));
    expect(Math.max(...loads(counts(false)))).toBeGreaterThan(40);
    expect(Math.max(...loads(counts(true)))).toBeLessThan(24);
    const more = [...logits, ...drawnRows(9, 4, 6)];
    const mask = more.map((_, t) => (t < 64 ? 1 : 0));
    expect(counts(true, more, mask)).toEqual(counts(true));
    const broken = [...logits, [Number.NaN, 1, 2, 3]];
    expect(counts(true, broken).slice(0, 64)).toEqual(counts(true));
  });

  test('is plain top-K for estimators and theory, which evaluate', () => {
    expect(sinkhorn().traits?.form).toMatchObject({
      type: 'sigmoid',
      selection: { k: 1, by: 'logits', renormalized: false },
    });
    expect(sinkhorn({ k: 2 }).traits?.form).toMatchObject({
      type: 'competitive',
      selection: { k: 2, by: 'logits', renormalized: false },
    });
    expect(sinkhorn().readsBatch).toBe('training');
  });

  test('refuses what it cannot do', () => {
    expect(() => sinkhorn({ iterations: 0 })).toThrow('sinkhorn: iterations must be');
    expect(() => sinkhorn({ k: 5 }).params(3, 4)).toThrow('the number of experts (4)');
    expect(() => routeLogits(sinkhorn({ per: 'sequence' }), [[1, 2]], { training: true })).toThrow(
      'needs an input of sequences',
    );
  });
});

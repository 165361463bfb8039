import { arrayGateOps, arrayInput, type Gate, tableOf } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { productKeys, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, productKeys({ keySize: 3 }), { experts: 6, permutable: false });
testGate(runner, productKeys(), { experts: 5, permutable: false });
testGate(runner, topK({ k: 3, weighting: productKeys({ keySize: 2 }) }), {
  experts: 9,
  exact: true,
  permutable: false,
});

const INPUTS = 4;
const rows = drawnRows(12, INPUTS, 1);

function route(gate: Gate, experts: number, seed: number) {
  const specs = gate.params(INPUTS, experts);
  const data = drawnData(specs, seed);
  const context = { experts, training: false };
  return { data, routing: gate.route(arrayGateOps(), arrayInput(rows), valuesOf(specs, data), context) };
}

/** Query times keys, by plain loops. */
function halfScores(data: Record<string, Float64Array>, half: string, size: number, row: number[]): number[] {
  const query = Array.from({ length: size }, (_, f) =>
    row.reduce(
      (sum, value, d) => sum + value * data[`${half}_query/kernel`]![d * size + f]!,
      data[`${half}_query/bias`]![f]!,
    ),
  );
  const keys = data[`${half}_keys`]!;
  return Array.from({ length: keys.length / size }, (_, i) =>
    query.reduce((sum, value, f) => sum + value * keys[i * size + f]!, 0),
  );
}

describe('productKeys', () => {
  test('has a logit for every pair of a row and a column', () => {
    const { data, routing } = route(productKeys({ keySize: 3 }), 12, 5);
    rows.forEach((row, t) => {
      const [u, v] = [halfScores(data, 'row', 3, row), halfScores(data, 'column', 3, row)];
      expect([u.length, v.length]).toEqual([3, 4]);
      u.flatMap((a) => v.map((b) => a + b)).forEach((z, e) => {
        expect(tableOf(routing.logits)[t]![e]).toBeCloseTo(z, 10);
      });
    });
  });

  test('under topK selects among the k best of both halves, as PEER does', () => {
    const k = 3;
    const { data, routing } = route(topK({ k, weighting: productKeys({ keySize: 2 }) }), 25, 6);
    const best = (scores: number[]) =>
      scores
        .map((_, i) => i)
        .sort((a, b) => scores[b]! - scores[a]! || a - b)
        .slice(0, k);
    const peer = rows.map((row) => {
      const [u, v] = [halfScores(data, 'row', 2, row), halfScores(data, 'column', 2, row)];
      const candidates = best(u).flatMap((i) => best(v).map((j) => ({ e: i * 5 + j, score: u[i]! + v[j]! })));
      return candidates
        .sort((a, b) => b.score - a.score || a.e - b.e)
        .slice(0, k)
        .map(({ e }) => e);
    });
    expect(chosen(routing)).toEqual(peer);
  });

  test('needs about twice the root of the experts', () => {
    const specs = productKeys().params(8, 1024);
    expect([specs.row_keys!.copies, specs.column_keys!.copies]).toEqual([32, 32]);
  });
});

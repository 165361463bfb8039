import { type ArrayValue, tableOf } from '@tfjs-moe/core';
import { hash, pointwise } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
testGate(runner, hash({ vocabulary: 4 }), { permutable: false });
testGate(runner, hash({ vocabulary: 5, k: 2, weighting: pointwise(), weightScale: 1.5 }), {
  permutable: false,
});

const column = (numbers: readonly number[]): ArrayValue => ({
  tokens: numbers.length,
  experts: 1,
  rows: 1,
  features: 1,
  data: Float64Array.from(numbers),
});

describe('hash', () => {
  const { in: given, out } = golden.hash_routing_tid2eid;
  const tables = {
    'choice_1/table': given.tid2eid.map(([e]: number[]) => e),
    'choice_2/table': given.tid2eid.map(([, e]: number[]) => e),
  };
  const gate = hash({ vocabulary: 4, k: 2, weighting: pointwise(), weightScale: given.scale });

  test('has the golden numbers of DeepSeek-V4', () => {
    const inputs = { tokenId: column(given.token_ids) };
    const routing = routeLogits(gate, given.logits, { data: tables, inputs });
    expect(chosen(routing)).toEqual(out.indices);
    chosenWeights(routing).forEach((row, t) => {
      row.forEach((weight, i) => {
        expect(weight).toBeCloseTo(out.weights[t][i], 12);
      });
    });
  });

  test('draws different experts for an id, and makes use of all', () => {
    const drawing = hash({ vocabulary: 200, k: 3 });
    const ids = Array.from({ length: 200 }, (_, id) => id);
    const rows = ids.map(() => [0, 0, 0, 0, 0, 0, 0]);
    const routing = routeLogits(drawing, rows, { inputs: { tokenId: column(ids) } });
    const experts = chosen(routing);
    expect(experts.every((row) => new Set(row).size === 3)).toBe(true);
    expect(new Set(experts.flat()).size).toBe(7);
  });

  test('makes a token of an unknown id NaN, and no other', () => {
    const inputs = { tokenId: column([4, 0, -1, 3]) };
    const weights = tableOf(routeLogits(gate, given.logits, { data: tables, inputs }).weights);
    expect(weights.map((row) => row.some(Number.isNaN))).toEqual([true, false, true, false]);
  });

  test('has two equal numbers count once', () => {
    const data = { 'choice_1/table': [2, 0, 0, 0], 'choice_2/table': [2, 1, 1, 1] };
    const inputs = { tokenId: column([0, 1]) };
    expect(chosen(routeLogits(gate, given.logits.slice(0, 2), { data, inputs }))).toEqual([[2], [0, 1]]);
  });
});

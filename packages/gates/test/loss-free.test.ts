import { type ArrayValue, arrayGateOps, type Gate, tableOf } from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';
import { groupLimitedTopK, hierarchical, lossFree, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
const selectionBias = true;
const biased = topK({ weighting: 'sigmoid', selectionBias });
testGate(runner, lossFree({ gate: biased }), { exact: true });
testGate(
  runner,
  lossFree({ gate: groupLimitedTopK({ groups: 2, selectionBias }), rule: 'centered', until: 3 }),
  {
    exact: true,
    permutable: false,
  },
);
testGate(runner, hierarchical({ groups: 2, inner: lossFree({ gate: topK({ k: 1, selectionBias }) }) }), {
  permutable: false,
});

const { in: given, out } = golden.loss_free_bias_update;
const experts = given.counts.length;

/** The state after an update, from the loads of the experts. */
function updated(gate: Gate, counts: number[], data: Record<string, number[]>): Record<string, number[]> {
  const specs = gate.params(2, experts);
  const values = valuesOf(
    Object.fromEntries(Object.entries(specs).filter(([name]) => name in data)),
    Object.fromEntries(Object.entries(data).map(([name, numbers]) => [name, Float64Array.from(numbers)])),
  );
  const load: ArrayValue = { tokens: 1, experts, rows: 1, features: 1, data: Float64Array.from(counts) };
  const next = gate.update!(arrayGateOps(), values, { selection_bias: load }, { experts });
  return Object.fromEntries(Object.entries(next).map(([name, { data: numbers }]) => [name, [...numbers]]));
}

describe('lossFree', () => {
  test.each([
    ['sign', out.delta],
    ['centered', out.delta_centred_torchtitan],
    ['proportional', out.delta_proportional_variant],
  ] as const)('has the golden numbers: %s', (rule, delta) => {
    const gate = lossFree({ rule, speed: given.rate });
    const { selection_bias: bias } = updated(gate, given.counts, { selection_bias: given.bias });
    bias!.forEach((value, e) => {
      expect(value).toBeCloseTo(given.bias[e] + delta[e], 14);
    });
  });

  test('observes the tokens that each expert is sent, padding not among them', () => {
    const gate = lossFree({ gate: topK({ k: 1, selectionBias }) });
    const rows = [
      [2, 0, 0],
      [2, 0, 0],
      [0, 0, 2],
      [0, 2, 0],
    ];
    const { observed } = routeLogits(gate, rows, { training: true, mask: [1, 1, 1, 0] });
    expect(tableOf(observed!.selection_bias!)).toEqual([[2, 0, 1]]);
  });

  test('stands still when its steps are over', () => {
    const gate = lossFree({ until: 2 });
    let state = { selection_bias: given.bias, selection_steps: [0] };
    const first: number[] = [];
    for (let step = 0; step < 4; step++) {
      state = updated(gate, given.counts, state) as typeof state;
      first.push(state.selection_bias[0]!);
    }
    expect(first.map((value) => value.toFixed(3))).toEqual(['0.001', '0.002', '0.002', '0.002']);
    expect(state.selection_steps).toEqual([4]);
  });

  test('is the gate that it balances, whose bias is state now', () => {
    const gate = lossFree({ gate: biased });
    const rows = [[1, 2, 3]];
    const { observed: _, ...routing } = routeLogits(gate, rows);
    expect(routing).toEqual(routeLogits(biased, rows));
    expect(gate.traits).toEqual(biased.traits);
    const { selection_bias: own, ...others } = biased.params(2, 3);
    expect(gate.params(2, 3)).toEqual({ ...others, selection_bias: { ...own, state: true } });
  });

  test('refuses gates without a selection bias, and what it does not know', () => {
    expect(() => lossFree({ gate: 'softmax' }).params(2, 3)).toThrow(
      '[tfjs-moe] lossFree: needs a gate with a selection bias, like topK({ selectionBias: true }). Received: "softmax".',
    );
    expect(() => lossFree({ speed: 0 })).toThrow('lossFree: speed must be');
    expect(() => lossFree({ rule: 'pid' as 'sign' })).toThrow("rule must be one of 'sign'");
    expect(() => lossFree({ until: 0.5 })).toThrow('until must be an integer of at least 1');
  });
});

import { arrayGateOps, arrayInput, tableOf } from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';
import { hierarchical, softMoe, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
testGate(runner, softMoe());
testGate(runner, softMoe({ slots: 2, per: 'batch' }));
testGate(runner, softMoe({ slots: 3, normalize: false }));

const { in: given, out } = golden.soft_moe;
const [inputDim, experts] = [given.phi.length, given.phi[0].length];

function mixed(options: Parameters<typeof softMoe>[0], x: number[][] = given.x, sequences = 1) {
  const gate = softMoe(options);
  const columns = Array.from({ length: experts }, (_, s) => given.phi.map((row: number[]) => row[s]!));
  const specs = gate.params(inputDim, experts);
  const data = {
    slots: Float64Array.from(columns.flat()),
    ...(specs.scale && { scale: Float64Array.of(given.scale) }),
  };
  const context = { experts, training: false };
  return gate.mix!(arrayGateOps({ sequences }), arrayInput(x), valuesOf(specs, data), context);
}

function expectRows(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((row, t) => {
    row.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[t]![i]!, 10);
    });
  });
}

describe('softMoe', () => {
  test.each(['sequence', 'batch'] as const)('has the golden numbers, per %s', (per) => {
    const { logits, dispatch, combine } = mixed({ per });
    expectRows(tableOf(logits), out.logits);
    expectRows(tableOf(dispatch), out.dispatch);
    expectRows(tableOf(combine), out.combine);
  });

  test('has slots for each sequence', () => {
    const twice = mixed({}, [...given.x, ...given.x], 2);
    expect(twice.perSequence).toBe(true);
    expectRows(tableOf(twice.dispatch), [...out.dispatch, ...out.dispatch]);
    const [first] = tableOf(mixed({ per: 'batch' }, [...given.x, ...given.x]).dispatch);
    expect(first![0]).toBeCloseTo(out.dispatch[0][0] / 2, 10);
  });

  test('compares lengths too where it does not normalise', () => {
    const { logits } = mixed({ normalize: false });
    expect(tableOf(logits)[0]![0]).toBeCloseTo(1.1, 12);
    expect(Object.keys(softMoe({ normalize: false }).params(3, 2))).toEqual(['slots']);
  });

  test('has a slot for every expert and number of slots', () => {
    expect(softMoe({ slots: 3 }).params(4, 5).slots?.copies).toBe(15);
  });

  test('routes nothing, alone or as a part', () => {
    const route = () =>
      softMoe().route(arrayGateOps(), arrayInput([[1]]), {}, { experts: 1, training: false });
    expect(route).toThrow('[tfjs-moe] softMoe: sends mixtures of tokens to the experts and routes none');
    expect(() => topK({ weighting: softMoe() })).toThrow('must route tokens');
    expect(() => hierarchical({ groups: 2, inner: softMoe() })).toThrow('must route tokens');
  });
});

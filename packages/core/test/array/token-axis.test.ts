import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayGateOps } from '../../src/array/array-gate-ops.ts';
import { arrayParam, arrayTable, tableOf } from '../../src/array/value.ts';

const column = (values: readonly number[]) => arrayTable(values.map((value) => [value]));
const numbers = (value: Parameters<typeof tableOf>[0]) => tableOf(value).flat();

describe('over the tokens', () => {
  test('softmaxTokens is a softmax of those that count, 0 for padding, and NaN for itself alone', () => {
    const ops = arrayGateOps({ mask: [1, 0, 1, 1] });
    const [a, padding, b, broken] = numbers(ops.softmaxTokens(column([1, 900, 2, Number.NaN])));
    const share = Math.E / (1 + Math.E);
    expect(a).toBeCloseTo(1 - share, 12);
    expect([padding, broken]).toEqual([0, Number.NaN]);
    expect(b).toBeCloseTo(share, 12);
    expect(numbers(arrayGateOps().softmaxTokens(column([1e300, 0])))).toEqual([1, 0]);
  });

  test('topTokens is the head of a stable sort, for every expert', () => {
    const score = fc.oneof(fc.constantFrom(0, 1, Number.NaN), fc.double({ noNaN: true }));
    const token = fc.record({ score, other: score, counts: fc.boolean() });
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 8 }), fc.nat(9), (tokens, most) => {
        const ops = arrayGateOps({ mask: tokens.map(({ counts }) => Number(counts)) });
        const chosen = ops.topTokens(arrayTable(tokens.map((each) => [each.score, each.other])), () => most);
        const key = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);
        for (const [e, name] of (['score', 'other'] as const).entries()) {
          const order = [...tokens.keys()]
            .filter((t) => tokens[t]!.counts)
            .sort((a, b) => {
              const [left, right] = [key(tokens[a]![name]), key(tokens[b]![name])];
              return Number(right > left) - Number(right < left) || a - b;
            });
          const best = new Set(order.slice(0, most));
          expect(tableOf(chosen).map((row) => row[e])).toEqual(tokens.map((_, t) => Number(best.has(t))));
        }
      }),
    );
  });

  test('topTokens tells the number of tokens, padding included, and refuses what is no count', () => {
    const ops = arrayGateOps({ mask: [1, 0, 0], sequences: 1 });
    const told: number[] = [];
    const count = (tokens: number) => told.push(tokens);
    ops.topTokens(column([1, 2, 3]), count);
    ops.inSequences().topTokens(column([1, 2, 3]), count);
    expect(told).toEqual([3, 3]);
    expect(() => ops.topTokens(column([1, 2, 3]), () => 1.5)).toThrow(
      '[tfjs-moe] topTokens: count must return an integer of at least 0. Received: 1.5.',
    );
  });

  test('a value that does not vary with the tokens is summed over all of them', () => {
    const one = arrayGateOps().constant(1);
    expect(numbers(arrayGateOps({ tokens: 5 }).sumTokens(one))).toEqual([5]);
    expect(numbers(arrayGateOps({ tokens: 5 }).meanTokens(one))).toEqual([1]);
    expect(numbers(arrayGateOps({ mask: [1, 0, 1] }).sumTokens(one))).toEqual([2]);
  });
});

describe('in sequences', () => {
  const values = column([1, 2, 3, 10, 20, 30]);

  test('everything over tokens stays inside a sequence and broadcasts', () => {
    const inside = arrayGateOps({ sequences: 2, mask: [1, 1, 0, 1, 1, 1] }).inSequences();
    expect(numbers(inside.sumTokens(values))).toEqual([3, 3, 3, 60, 60, 60]);
    expect(numbers(inside.meanTokens(values))).toEqual([1.5, 1.5, 1.5, 20, 20, 20]);
    expect(numbers(inside.topTokens(values, (tokens) => tokens - 1))).toEqual([1, 1, 0, 0, 1, 1]);
    const alone = arrayGateOps().softmaxTokens(column([10, 20, 30]));
    expect(numbers(inside.softmaxTokens(values)).slice(3)).toEqual(numbers(alone));
    expect(numbers(inside.within(1).sumTokens(values))).toEqual([3, 3, 3, 60, 60, 60]);
  });

  test('is refused where there are none', () => {
    expect(() => arrayGateOps().inSequences()).toThrow(/inSequences: needs an input of sequences/);
  });
});

test('expertNumbers and lookup', () => {
  const ops = arrayGateOps();
  expect(tableOf(ops.expertNumbers(3))).toEqual([[0, 1, 2]]);
  const table = arrayParam({ shape: [2, 2], initializer: { kind: 'zeros' } }, 1, [1, 2, 3, 4]);
  const found = ops.lookup(table, column([1, 0, 2, -1, 0.5]));
  expect([found.tokens, found.experts, found.features]).toEqual([5, 1, 2]);
  expect([...found.data]).toEqual([3, 4, 1, 2, ...Array.from({ length: 6 }, () => Number.NaN)]);
});

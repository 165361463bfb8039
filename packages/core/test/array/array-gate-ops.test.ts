import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayGateOps } from '../../src/array/array-gate-ops.ts';
import { type ArrayValue, arrayTable, tableOf } from '../../src/array/value.ts';
import { stream } from '../../src/stream.ts';
import { drawnRows } from '../../src/testing/index.ts';

const ops = arrayGateOps();
const rows = drawnRows(5, 6, 1);
const table = arrayTable(rows);
const sum = (row: readonly number[]) => row.reduce((total, value) => total + value, 0);
const close = (actual: ArrayValue, expected: readonly (readonly number[])[]) => {
  const numbers = expected.flat();
  expect(actual.data).toHaveLength(numbers.length);
  actual.data.forEach((value, i) => {
    expect(value).toBeCloseTo(numbers[i]!, 12);
  });
};
const same = (row: readonly number[], value: number) => row.map(() => value);
const softmax = (row: readonly number[]) => row.map((z) => Math.exp(z) / sum(row.map(Math.exp)));
const logSumExp = (row: readonly number[]) => Math.log(sum(row.map(Math.exp)));
const halves = (row: readonly number[], f: (half: readonly number[]) => number[]) => [
  ...f(row.slice(0, 3)),
  ...f(row.slice(3)),
];

describe('over the experts', () => {
  test('softmax, logSumExp and sumExperts are their formulas', () => {
    close(ops.softmax(table), rows.map(softmax));
    close(
      ops.logSumExp(table),
      rows.map((row) => same(row, logSumExp(row))),
    );
    close(
      ops.sumExperts(table),
      rows.map((row) => same(row, sum(row))),
    );
  });

  test('softmax and logSumExp do not overflow', () => {
    const huge = arrayTable([[1e300, -1e300, 0]]);
    expect([...ops.softmax(huge).data]).toEqual([1, 0, 0]);
    expect([...ops.logSumExp(huge).data]).toEqual([1e300, 1e300, 1e300]);
  });

  test('topK is a stable sort', () => {
    const score = fc.oneof(fc.constantFrom(0, 1, 2), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 7 }), fc.nat(6), (row, most) => {
        const k = Math.min(most + 1, row.length);
        const order = row
          .map((_, e) => e)
          .sort((a, b) => Number(row[b]! > row[a]!) - Number(row[b]! < row[a]!) || a - b);
        const choices = ops.topK(arrayTable([row]), k).map((choice) => [...choice.data]);
        expect(choices).toEqual(order.slice(0, k).map((best) => row.map((_, e) => (e === best ? 1 : 0))));
      }),
    );
  });

  test('topK takes NaN last', () => {
    const choices = ops.topK(arrayTable([[Number.NaN, -1e308, 3]]), 3);
    expect(choices.map(({ data }) => data.indexOf(1))).toEqual([2, 1, 0]);
  });

  test('comparisons are 0 or 1, differ for equals, and are 0 for NaN', () => {
    const row = arrayTable([[1, 2, 3, Number.NaN]]);
    expect([...ops.greater(row, ops.constant(2)).data]).toEqual([0, 0, 1, 0]);
    expect([...ops.greaterOrEqual(row, ops.constant(2)).data]).toEqual([0, 1, 1, 0]);
  });
});

describe('within groups', () => {
  const inside = ops.within(2);

  test('every operation over the experts stays inside its group', () => {
    close(
      inside.softmax(table),
      rows.map((row) => halves(row, softmax)),
    );
    close(
      inside.logSumExp(table),
      rows.map((row) => halves(row, (half) => same(half, logSumExp(half)))),
    );
    close(
      inside.sumExperts(table),
      rows.map((row) => halves(row, (half) => same(half, sum(half)))),
    );
    const [first] = inside.topK(table, 1);
    const best = (half: readonly number[]) => half.map((z) => (z === Math.max(...half) ? 1 : 0));
    expect(tableOf(first!)).toEqual(rows.map((row) => halves(row, best)));
  });

  test('nests', () => {
    const twelve = arrayTable(drawnRows(3, 12, 2));
    expect(ops.within(2).within(3).softmax(twelve)).toEqual(ops.within(6).softmax(twelve));
    expect(ops.within(1).softmax(twelve)).toEqual(ops.softmax(twelve));
  });

  test('refuses groups of unequal size', () => {
    expect(() => ops.within(4).softmax(table)).toThrow(
      '[tfjs-moe] within: groups must divide the number of experts (6). Received: 4.',
    );
  });

  test('spread repeats each group over its members', () => {
    expect(tableOf(ops.spread(arrayTable([[1, 2]]), table))).toEqual([[1, 1, 1, 2, 2, 2]]);
    expect(tableOf(ops.spread(arrayTable([[5]]), table))).toEqual([[5, 5, 5, 5, 5, 5]]);
    expect(ops.spread(table, table)).toEqual(table);
  });
});

describe('over the tokens', () => {
  const mask = [1, 0, 1, 1, 0];
  const kept = rows.filter((_, t) => mask[t] === 1);
  const columns = (of: readonly (readonly number[])[]) => [
    rows[0]!.map((_, e) => sum(of.map((row) => row[e]!))),
  ];

  test('sums and means count every token without a mask', () => {
    close(ops.sumTokens(table), columns(rows));
    close(
      ops.meanTokens(table),
      columns(rows).map((row) => row.map((value) => value / 5)),
    );
  });

  test('sums and means leave out padding', () => {
    const masked = arrayGateOps({ mask });
    close(masked.sumTokens(table), columns(kept));
    close(
      masked.meanTokens(table),
      columns(kept).map((row) => row.map((value) => value / 3)),
    );
    close(masked.within(2).meanTokens(masked.constant(7)), [[7]]);
    expect(masked.sumTokens(masked.constant(1)).data[0]).toBe(3);
  });

  test('the mean of no token is 0', () => {
    const none = arrayGateOps({ mask: [0, 0, 0, 0, 0] });
    expect([...none.meanTokens(table).data]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('noise', () => {
  test('is drawn from the stream, anew at every call', () => {
    const noisy = arrayGateOps({ random: stream(5) });
    const expected = stream(5);
    for (let call = 0; call < 2; call++) {
      expect([...noisy.noise('normal', table).data]).toEqual(
        Array.from({ length: 30 }, () => expected.normal()),
      );
    }
    expect(noisy.noise('uniform', arrayTable([[0]])).data[0]).toBe(expected.uniform());
    expect(noisy.noise('gumbel', arrayTable([[0]])).data[0]).toBe(expected.gumbel());
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignment } from '../../src/surgery/assignment.ts';

test('assignment finds the least cost of all orders', () => {
  const orders = (n: number): number[][] =>
    n === 0
      ? [[]]
      : orders(n - 1).flatMap((rest) =>
          Array.from({ length: n }, (_, i) => [...rest.slice(0, i), n - 1, ...rest.slice(i)]),
        );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }).chain((n) =>
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
          minLength: n,
          maxLength: n,
        }),
      ),
      (costs) => {
        const total = (order: number[]) => order.reduce((sum, column, row) => sum + costs[row]![column]!, 0);
        const found = assignment(costs);
        expect([...found].sort()).toEqual(costs.map((_, i) => i));
        expect(total(found)).toBe(Math.min(...orders(costs.length).map(total)));
      },
    ),
  );
});

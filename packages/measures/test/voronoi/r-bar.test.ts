import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kBar, rBar, rBarSolution } from '../../src/index.ts';

/** $\sum_i w_i\, c_\ell(a_i, b_i)$ for $\ell = 1, 2, \dots$, as the papers write it: over $\alpha_3 + 2\alpha_4 = \ell$. */
function equations(
  { weights, means, halfVariances }: ReturnType<typeof rBarSolution>,
  most: number,
): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: most }, (_, i) => {
    let sum = 0;
    for (let fourth = 0; 2 * fourth <= i + 1; fourth++) {
      const third = i + 1 - 2 * fourth;
      weights.forEach((w, k) => {
        sum += (w * means[k]! ** third * halfVariances[k]! ** fourth) / factorial(third) / factorial(fourth);
      });
    }
    return sum;
  });
}

describe('rBar', () => {
  test('is what the papers prove of two and three, and above their bound of more', () => {
    expect([2, 3].map(rBar)).toEqual([4, 6]);
    for (let m = 4; m < 12; m++) expect(rBar(m)).toBeGreaterThanOrEqual(7);
    expect(rBar(4)).toBe(8);
    expect(() => rBar(1)).toThrow('[tfjs-moe] rBar: atoms must be an integer of at least 2. Received: 1.');
  });

  test.each([2, 3, 4, 5, 8])('of %i atoms: one equation fewer has a solution, which fails the next', (m) => {
    const solution = rBarSolution(m);
    const sums = equations(solution, rBar(m));
    for (const sum of sums.slice(0, -1)) expect(Math.abs(sum)).toBeLessThan(1e-14);
    // The quadrature's error for x^(2m) is m!, of which the equation is a (2m)!-th.
    expect(sums.at(-1)! * -(2 ** m)).toBeGreaterThan(0.5 / [...sums.keys()].reduce((n, k) => n * (k + 1), 1));
    expect(solution.weights.every((w) => w > 0)).toBe(true);
    expect(new Set(solution.means.map((a) => a.toFixed(9))).size).toBe(m);
  });

  test('of two atoms: whatever solves the first three equations leaves -v (1 - v) / 36 in the fourth', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), (w) => {
        const u = 1 - w;
        const v = w * u;
        const [middle, apart] = [-v / 2, (w - u) / 6];
        const of = {
          weights: [w, u],
          means: [u, -w],
          halfVariances: [middle + u * apart, middle - w * apart],
        };
        const sums = equations(of, 4);
        for (const sum of sums.slice(0, 3)) expect(sum).toBeCloseTo(0, 14);
        expect(sums[3]).toBeCloseTo((-v * (1 - v)) / 36, 14);
      }),
    );
  });

  test('Gaussian densities with m + 1 places and widths change their sign 2m times at most', () => {
    const gaussian = fc.record({
      mass: fc.double({ min: -3, max: 3, noNaN: true }),
      mean: fc.double({ min: -2, max: 2, noNaN: true }),
      deviation: fc.double({ min: 0.3, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(gaussian, { minLength: 2, maxLength: 5 }), (terms) => {
        const values = Array.from({ length: 801 }, (_, i) => {
          const x = (i - 400) / 50;
          const each = terms.map(
            ({ mass, mean, deviation }) =>
              (mass / deviation) * Math.exp(-0.5 * ((x - mean) / deviation) ** 2),
          );
          const sum = each.reduce((a, b) => a + b, 0);
          // What rounding leaves has no sign.
          return Math.abs(sum) > 1e-12 * each.reduce((a, b) => a + Math.abs(b), 0) ? Math.sign(sum) : 0;
        }).filter((sign) => sign !== 0);
        const changes = values.filter((sign, i) => i > 0 && sign !== values[i - 1]).length;
        expect(changes).toBeLessThanOrEqual(2 * (terms.length - 1));
      }),
    );
  });
});

describe('kBar', () => {
  test('is the size of the K largest cells, which is the largest of any K', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }), fc.nat(), (sizes, number) => {
        const selected = 1 + (number % sizes.length);
        let most = 0;
        for (let set = 0; set < 2 ** sizes.length; set++) {
          const chosen = sizes.filter((_, j) => (set >> j) % 2 === 1);
          if (chosen.length === selected)
            most = Math.max(
              most,
              chosen.reduce((a, b) => a + b, 0),
            );
        }
        expect(kBar(sizes, selected)).toBe(most);
        expect(
          kBar(
            sizes.map((size) => new Array<number>(size).fill(0)),
            selected,
          ),
        ).toBe(most);
      }),
    );
    expect(() => kBar([2, 1], 3)).toThrow('[tfjs-moe] kBar: selected must be an integer between 1 and 2.');
  });
});

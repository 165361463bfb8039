import { stream } from '@tfjs-moe/core';
import type { Ring } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { allowanceOf } from '../../src/decide/allowance.ts';
import type { CurvedFamily } from '../../src/families/curved-family.ts';
import { isPositiveDefinite } from '../../src/second-order/certify-positive.ts';
import { criterion } from '../../src/second-order/criterion.ts';
import { eigen, withEigenvalues } from '../../src/second-order/symmetric.ts';

const draw = stream(11, 'criterion');
const options = () => ({
  allowance: allowanceOf('criterion', { budget: 5000 }),
  bits: [192],
  spread: 1,
  seed: 0,
});
const coordinate = (name: string) => ({
  part: 'expert' as const,
  label: name,
  name,
  parameter: name,
  value: 1,
  isBias: false,
  isShared: false,
  isKnown: false,
});

/** Shifted copies of one function: `free` free ones and a block of size 2 that some numbers make of three others. */
function family(free: number, mix: <S>(ring: Ring<S>, of: readonly S[]) => readonly S[]): CurvedFamily {
  return {
    inputDim: 1,
    labels: Array.from({ length: free }, (_, i) => ({ text: `f${i}`, latex: `f_{${i}}`, order: 0 })),
    blocks: [{ atom: 0, coordinates: ['a', 'b'].map(coordinate), indices: [0, 1] }],
    evaluate<S>(ring: Ring<S>, [x]: readonly S[]) {
      const all = Array.from(
        { length: free + 3 },
        (_, i) => ring.derivatives('tanh', ring.add(x!, ring.constant(i / 2)), 0)[0]!,
      );
      return { free: all.slice(0, free), curved: [mix(ring, all)] };
    },
  };
}

describe('soundness', () => {
  test('independent functions are proved independent', () => {
    for (const free of [1, 2, 3]) {
      const verdict = criterion(
        family(free, (_ring, all) => all.slice(free)),
        [],
        () => undefined,
        options(),
      );
      expect(verdict.verdict).toBe('independent');
    }
  });

  test('a planted null direction is never proved away', () => {
    for (let trial = 0; trial < 60; trial++) {
      const free = 1 + draw.integer(3);
      // Powers of two, so that no factor is rounded: what is null to 2^-53 alone is proved not to be null.
      const [u, v] = [2 ** (draw.integer(4) - 2), (draw.integer(9) - 4) / 4] as const;
      const factors = Array.from({ length: free }, () => (draw.integer(9) - 4) / 4);
      // u^2 F_aa + 2uv F_ab + v^2 F_bb is a combination of free functions: M = (u, v)(u, v)' is null.
      const planted = family(free, (ring, all) => {
        const [ab, bb] = [all[free]!, all[free + 1]!];
        const aa = ring.dot(
          [...factors, -2 * u * v, -v * v].map((value) => ring.constant(value / u ** 2)),
          [...all.slice(0, free), ab, bb],
        );
        return [aa, ab, bb];
      });
      expect(criterion(planted, [], () => undefined, options()).verdict).not.toBe('independent');
    }
  });

  test('a relation with an indefinite quadratic part does no harm', () => {
    // F_aa = F_bb: M = diag(1, -1) is null and not semidefinite.
    const harmless = family(2, (_ring, all) => [all[2]!, all[3]!, all[2]!]);
    expect(criterion(harmless, [], () => undefined, options()).verdict).toBe('independent');
    const harmful = family(2, (ring, all) => [all[2]!, all[3]!, ring.sub(ring.constant(0), all[2]!)]);
    expect(criterion(harmful, [], () => undefined, options()).verdict).toBe('inconclusive');
  });

  test('the budget is kept', () => {
    const late = { ...options(), allowance: allowanceOf('criterion', { budget: 1e-6 }) };
    expect(
      criterion(
        family(2, (_ring, all) => all.slice(2)),
        [],
        () => undefined,
        late,
      ),
    ).toMatchObject({
      verdict: 'inconclusive',
      raise: 'the budget, now 0.000001 million operations',
    });
  });
});

describe('symmetric matrices', () => {
  const random = (size: number) =>
    Float64Array.from({ length: (size * (size + 1)) / 2 }, () => draw.normal());

  test('eigenvalues put the matrix together again', () => {
    for (const size of [1, 2, 5, 12]) {
      const triangle = random(size);
      const spectrum = eigen(triangle, size);
      const again = withEigenvalues(spectrum, (value) => value);
      triangle.forEach((value, i) => {
        expect(again[i]).toBeCloseTo(value, 12);
      });
      spectrum.vectors.forEach((a, i) => {
        spectrum.vectors.forEach((b, j) => {
          expect(a.reduce((sum, value, k) => sum + value * b[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12);
        });
      });
    }
  });

  test('positive definite by minors exactly where the eigenvalues say so', () => {
    for (let trial = 0; trial < 100; trial++) {
      const size = 1 + draw.integer(5);
      const b = Array.from({ length: size }, () => Array.from({ length: size }, () => draw.integer(9) - 4));
      const shift = draw.integer(30);
      const a = b.map((row, i) =>
        b.map(
          (other, j) => row.reduce((sum, value, k) => sum + value * other[k]!, 0) - (i === j ? shift : 0),
        ),
      );
      const least = Math.min(
        ...eigen(
          a.flatMap((row, i) => row.slice(0, i + 1)),
          size,
        ).values,
      );
      if (Math.abs(least) < 1e-9) continue;
      expect(isPositiveDefinite(a.map((row) => row.map(BigInt)))).toBe(least > 0);
    }
    // Semidefinite is not definite: here float64 could not tell.
    expect(
      isPositiveDefinite([
        [1n, 1n],
        [1n, 1n],
      ]),
    ).toBe(false);
    expect(
      isPositiveDefinite([
        [10n ** 40n, 10n ** 40n],
        [10n ** 40n, 10n ** 40n + 1n],
      ]),
    ).toBe(true);
  });
});

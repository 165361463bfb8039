import { symmetricEigen } from '@tfjs-moe/numerics';
import { rationalOf } from '@tfjs-moe/numerics/exact';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankIfSemidefinite } from '../../src/second-order/null-matrix.ts';

const entry = fc.integer({ min: -3, max: 3 });
const vectors = (size: number) =>
  fc.array(fc.tuple(fc.constantFrom(1, 1, 1, -1), fc.array(entry, { minLength: size, maxLength: size })), {
    minLength: 1,
    maxLength: 3,
  });

test('the rank of a semidefinite matrix, and nothing of an indefinite one, as eigenvalues say', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }).chain((size) => fc.tuple(fc.constant(size), vectors(size))),
      ([size, terms]) => {
        const at = (i: number, j: number) => terms.reduce((sum, [sign, u]) => sum + sign * u[i]! * u[j]!, 0);
        const data = Float64Array.from({ length: size * size }, (_, k) => at(k % size, Math.floor(k / size)));
        const { values } = symmetricEigen({ rows: size, columns: size, data });
        const [above, below] = [1, -1].map(
          (sign) => Array.from(values).filter((value) => sign * value > 1e-9).length,
        );
        const wanted = above! * below! > 0 || above! + below! === 0 ? undefined : above! + below!;
        const entries = new Map<number, ReturnType<typeof rationalOf>>();
        let place = 0;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j <= i; j++) {
            const value = (i === j ? 1 : 2) * at(i, j);
            if (value !== 0) entries.set(place, rationalOf(value));
            place++;
          }
        }
        expect(rankIfSemidefinite(entries, size)).toBe(wanted);
      },
    ),
    { numRuns: 200 },
  );
});

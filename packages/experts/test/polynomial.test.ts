import { arrayInput, arrayOps, arrayParam, type Ops } from '@tfjs-moe/core';
import { polynomial } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, polynomial());
testExpert({ describe, test }, polynomial({ degree: 5, useBias: false }));

const scalar = { shape: [1, 1], initializer: { kind: 'zeros' } } as const;

describe('polynomial', () => {
  test('is the power of an affine map', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (degree, x) => {
          const expert = polynomial({ degree });
          const kernel = arrayParam(scalar, 1, [0.7]);
          const bias = arrayParam({ ...scalar, shape: [1] }, 1, [-0.2]);
          const [y] = expert.apply(arrayOps, arrayInput([[x]]), { kernel, bias }).data;
          let expected = 1;
          for (let i = 0; i < degree; i++) expected *= x * 0.7 - 0.2;
          expect(y).toBeCloseTo(expected, 9 - Math.ceil(Math.log10(1 + Math.abs(expected))));
        },
      ),
    );
  });

  test('multiplies no more often than repeated squaring needs', () => {
    let products = 0;
    const counting = {
      ...arrayOps,
      mul: (a: never, b: never) => {
        products++;
        return arrayOps.mul(a, b);
      },
    } as unknown as Ops<ReturnType<typeof arrayInput>>;
    const kernel = arrayParam(scalar, 1, [1]);
    polynomial({ degree: 100 }).apply(counting, arrayInput([[1]]), { kernel });
    expect(products).toBe(8);
  });

  test.each([0, -1, 1.5, Number.NaN, '2'])('refuses degree %s', (degree) => {
    expect(() => polynomial({ degree: degree as number })).toThrow('degree must be an integer of at least 1');
  });

  test.each([128, 1e308])('refuses degree %d, of which no power of 2 is a float32', (degree) => {
    expect(() => polynomial({ degree })).toThrow(
      `[tfjs-moe] polynomial: degree must be at most 127. Received: ${degree}.`,
    );
  });
});

import { arrayInput, arrayOps, arrayParam, replicate } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { cosineRouter } from '@tfjs-moe/gates';
import { testRouter } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

testRouter({ describe, test }, cosineRouter());
testRouter({ describe, test }, cosineRouter({ epsilon1: 0.1, epsilon2: 0.2, learned: false }));

describe('cosineRouter', () => {
  const specs = replicate(cosineRouter().params(3), 2);
  const data = drawnData(specs, 1);
  const rows = drawnRows(5, 3, 2);

  test('is the perturbed cosine over the temperature', () => {
    const router = cosineRouter({ epsilon1: 0.3, epsilon2: 0.7, temperature: 2 });
    const scores = router.logit(arrayOps, arrayInput(rows), valuesOf(specs, data) as never).data;
    const tau = data.temperature![0]!;
    rows.forEach((x, t) => {
      for (let e = 0; e < 2; e++) {
        const beta = [...(data.kernel?.subarray(3 * e, 3 * e + 3) ?? [])];
        const inner = beta.reduce((sum, b, d) => sum + b * x[d]!, 0);
        const expected = inner / (tau * (Math.hypot(...beta) + 0.3) * (Math.hypot(...x) + 0.7));
        expect(scores[2 * t + e]).toBeCloseTo(expected, 10);
      }
    });
  });

  test('without perturbation sees neither length', () => {
    const router = cosineRouter();
    const score = (x: number[], kernel: number[]) =>
      router.logit(arrayOps, arrayInput([x]), {
        kernel: arrayParam(router.params(2).kernel, 1, kernel),
        temperature: arrayParam(router.params(2).temperature, 1, [0.5]),
      }).data[0];
    const positive = fc.double({ min: 0.1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        expect(score([3 * a, 4 * a], [b, 0])).toBeCloseTo(1.2, 8);
      }),
    );
  });

  test('is NaN, not an even 0, where the square of a length overflows', () => {
    const router = cosineRouter();
    const score = (size: number) =>
      router.logit(arrayOps, arrayInput([[size, size]]), {
        kernel: arrayParam(router.params(2).kernel, 2, [1, 2, -3, 4]),
        temperature: arrayParam(router.params(2).temperature, 1, [1]),
      }).data;
    expect(score(1e100)[0]).toBeCloseTo(3 / Math.sqrt(10), 8);
    expect([...score(1e200)]).toEqual([Number.NaN, Number.NaN]);
  });

  test('has one temperature for all experts, which stays positive', () => {
    const { temperature } = replicate(cosineRouter({ temperature: 0.07, learned: false }).params(3), 8);
    expect(temperature).toEqual({
      shape: [1],
      initializer: { kind: 'constant', value: 0.07 },
      constraint: { min: 0.01 },
      shared: true,
      trainable: false,
      copies: 1,
    });
    expect(() => cosineRouter({ temperature: 0.001 })).toThrow(
      'temperature must be a finite number of at least 0.01',
    );
    expect(() => cosineRouter({ epsilon1: -1 })).toThrow('epsilon1 must be a finite number of at least 0');
  });
});

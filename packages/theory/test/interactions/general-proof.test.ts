import type { Ring } from '@tfjs-moe/numerics';
import { rational } from '@tfjs-moe/numerics/exact';
import { expect, test } from 'vitest';
import { allowanceOf } from '../../src/decide/allowance.ts';
import { generalProofs } from '../../src/interactions/general-proof.ts';
import type { ParametricFamily } from '../../src/interactions/parametric-family.ts';

test('a coefficient beyond 2^53 is compared exactly', () => {
  // x and 2^53 x: a coefficient of 2^53 + 1 is the same float64 number as 2^53, and wrong.
  const family: ParametricFamily = {
    inputDim: 1,
    parameters: [],
    outputWeights: [],
    subject: 'F',
    members: [
      { factors: [], derivatives: [] },
      { factors: [0], derivatives: [] },
    ],
    evaluate: <S>(ring: Ring<S>, [x]: readonly S[]) => [x!, ring.dot([x!], [ring.constant(2 ** 53)])],
  };
  const withFactor = (factor: bigint) => ({
    column: 1,
    terms: [{ member: 0, coefficient: { coefficient: rational(factor), powers: new Map<number, number>() } }],
  });
  const equations = [withFactor(2n ** 53n), withFactor(2n ** 53n + 1n)];
  expect(generalProofs(family, equations, allowanceOf('interactions', { budget: 5000 }))).toEqual([
    'formal ring',
    undefined,
  ]);
});

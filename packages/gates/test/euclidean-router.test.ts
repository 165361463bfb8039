import { arrayInput, arrayOps, arrayParam } from '@tfjs-moe/core';
import { euclideanRouter } from '@tfjs-moe/gates';
import { testRouter } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';

testRouter({ describe, test }, euclideanRouter());
testRouter({ describe, test }, euclideanRouter({ scale: 0.5, centerInitializer: 'randomUniform' }));

describe('euclideanRouter', () => {
  test('is minus the scaled squared distance', () => {
    const router = euclideanRouter({ scale: 2 });
    const center = arrayParam(router.params(2).center, 2, [0, 0, 1, 1]);
    expect([...router.logit(arrayOps, arrayInput([[3, 4]]), { center }).data]).toEqual([-50, -26]);
  });

  test('keeps the difference of distances far from the origin', () => {
    const router = euclideanRouter();
    const center = arrayParam(router.params(1).center, 2, [1e8, 1e8 + 1]);
    expect([...router.logit(arrayOps, arrayInput([[1e8 + 0.25]]), { center }).data]).toEqual([
      -0.0625, -0.5625,
    ]);
  });

  test('refuses a scale that is not positive', () => {
    expect(() => euclideanRouter({ scale: 0 })).toThrow(
      'euclideanRouter: scale must be a finite number above 0. Received: 0.',
    );
  });
});

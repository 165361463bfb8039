import { arrayInput, arrayOps, arrayParam, tableOf } from '@tfjs-moe/core';
import { constantRouter, softmax, topK } from '@tfjs-moe/gates';
import { testGate, testRouter } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';

testRouter({ describe, test }, constantRouter());
testGate({ describe, test }, softmax({ router: constantRouter(), useBias: false }));
testGate({ describe, test }, topK({ k: 2, router: constantRouter(), useBias: false }));

describe('constantRouter', () => {
  test('scores every token with the number of the expert', () => {
    const router = constantRouter();
    const value = arrayParam(router.params(2).value, 3, [1, -2, 0.5]);
    expect(
      tableOf(
        router.logit(
          arrayOps,
          arrayInput([
            [3, 7],
            [0, 1],
          ]),
          { value },
        ),
      ),
    ).toEqual([
      [1, -2, 0.5],
      [1, -2, 0.5],
    ]);
  });
});

import { arrayInput, arrayOps, arrayParam } from '@tfjs-moe/core';
import { linearRouter } from '@tfjs-moe/gates';
import { testRouter } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';

testRouter({ describe, test }, linearRouter());
testRouter({ describe, test }, linearRouter({ kernelInitializer: { kind: 'randomNormal', stddev: 1 } }), {
  inputDim: 1,
});

describe('linearRouter', () => {
  test('is the inner product with its kernel', () => {
    const router = linearRouter();
    const kernel = arrayParam(router.params(2).kernel, 3, [1, 0, 0, 1, 2, -1]);
    expect([
      ...router.logit(
        arrayOps,
        arrayInput([
          [3, 5],
          [-1, 2],
        ]),
        { kernel },
      ).data,
    ]).toEqual([3, 5, 1, -1, 2, -4]);
  });

  test('is called linear in configs', () => {
    expect(linearRouter().config).toEqual({ kind: 'linear', kernelInitializer: { kind: 'glorotUniform' } });
    expect(linearRouter.kind).toBe('linear');
  });

  test('refuses unknown options', () => {
    expect(() => linearRouter({ useBias: true } as never)).toThrow('linearRouter: unknown option "useBias"');
  });
});
